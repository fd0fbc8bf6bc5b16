import { isCutByReference } from '../chunkers/chunker.ts';
import { createChunker } from '../chunkers/mod.ts';
import { heldBy } from '../codecs/bounds.ts';
import { createCodec } from '../codecs/mod.ts';
import { planTransfer } from '../fetchers/fetcher.ts';
import { createFetcher } from '../fetchers/mod.ts';
import type { Member, Resolved } from '../ids.ts';
import type { Image, ImageDescriptor } from '../images/image.ts';
import { type Executor, inline } from '../objects/executor.ts';
import type { Distinct } from '../objects/objects.ts';
import { type Pieces, startsOf } from '../objects/work.ts';
import { makeBlob } from '../packers/blobs.ts';
import { CONFIG_TYPE, configWithLayers, readManifest, writeManifest } from '../packers/manifest.ts';
import { createPacker } from '../packers/mod.ts';
import type {
  ChunkBounds,
  Opened,
  OpenInput,
  Packed,
  PackOutput,
  Store,
} from '../packers/packer.ts';
import { createSerialiser } from '../serialisers/mod.ts';
import type { MerkleSerialiser, RootedSerialiser, Serialiser } from '../serialisers/serialiser.ts';
import { Rope } from '../streams/rope.ts';
import type { ByteSource } from '../streams/source.ts';
import { isDelivered, resolveChain } from './choices.ts';
import { type CutStreams, cutStreams, findObjects } from './cut-streams.ts';
import { deliveredPieces } from './delivered.ts';
import { createTrainer, makeDictionaryBlob, openDictionary } from './dictionary.ts';
import { addMetadataObjects } from './divided-root.ts';
import { addTimes, type Clock, type Model, noClock } from './model.ts';
import { packedStreams, referencesOf } from './packed-streams.ts';

/**
 * A model as five choices:  serialise | chunk | compress | pack | fetch
 *
 *     streams = serialise(image)         what is stored, as ordered bytes
 *     chunks  = chunk(streams)           where they are cut
 *     objects = distinct(hash(chunks))   what is stored once
 *     stored  = compress(objects)        each on its own
 *     blobs   = pack(stored)             how they lie in the registry
 *               fetch(blobs, held)       which requests bring them to a client
 */
export async function createChain(text: string): Promise<Model> {
  const { id, choices } = resolveChain(text);
  const serialiser = createSerialiser(choices.serialiser.id);
  const chunker = createChunker(choices.chunker.id, { isHeldOnUse: true });
  // Loads WebAssembly, hence async.
  const plain = await createCodec(choices.compressor.id);
  const packer = createPacker(choices.packer);
  const fetcher = createFetcher(choices.fetcher);
  const bounds = chunkBounds(choices.chunker);
  const streamMediaType =
    serialiser.id === 'catar'
      ? 'application/vnd.ocibench.catar.v1'
      : 'application/vnd.oci.image.layer.v1.tar';

  const trainer = choices.compressor.member.isTrained
    ? createTrainer(Number(choices.compressor.values['size']), async (image) => {
        const streams = await cutStreams(image, serialiser, chunker, inline, noClock);
        return { ...streams, ...(await findObjects(streams, inline, noClock)) };
      })
    : undefined;

  /** The distinct objects, compressed: in one pass, unless what they are compressed by must know all of them. */
  const store = async (
    image: Image,
    streams: CutStreams,
    executor: Executor,
    clock: Clock,
    first: ImageDescriptor | undefined,
  ): Promise<Distinct & { readonly stored: Pieces; readonly dictionary?: Uint8Array }> => {
    const { all, chunkLengths } = streams;
    if (!trainer && !isDelivered(choices)) {
      const { times, ...packed } = await executor.pack(all, chunkLengths, plain.id);
      addTimes(clock, times);
      return packed;
    }
    const distinct = await findObjects(streams, executor, clock);
    const { objects } = distinct;
    const dictionary = await (first ? trainer?.of(first) : trainer?.own({ all, objects }));
    const stored = await clock.time('compress', () =>
      dictionary
        ? executor.compress(all, objects, plain.id, dictionary)
        : deliveredPieces(image, all, objects, executor, plain.id),
    );
    return { ...distinct, stored, ...(dictionary ? { dictionary } : {}) };
  };

  /** @param given of {@link Executor.decompress} */
  const open = async (
    manifestBytes: Uint8Array,
    blobs: Store,
  ): Promise<{
    readonly opened: Opened;
    readonly given: Parameters<Executor['decompress']>;
  }> => {
    const { layers, annotations } = readManifest(manifestBytes);
    const { dictionary, others } = openDictionary(layers, blobs, plain);
    const codec = dictionary ? await createCodec(plain.id, dictionary) : plain;
    const openRoot = rootOpener(serialiser);
    const opened = packer.open({ layers: others, annotations, store: blobs, codec, openRoot });
    const { objects, readBy = codec.id } = opened;
    const given = [storedOf(opened), objects.lengths, objects.digests, readBy, dictionary] as const;
    return { opened, given: [...given] };
  };

  return {
    id,
    fidelity: serialiser.fidelity,
    isTrained: trainer !== undefined,
    isStoredAtOnce: packer.id === 'objects' && !trainer && !isDelivered(choices),
    isSolid: heldBy(plain) > 0 && longestOf(choices.chunker) === undefined,
    ...(chunker.algorithm && isCutByReference(chunker.algorithm) && { cutBy: 'reference' }),
    ...(chunker.algorithm?.revision && { revision: chunker.algorithm.revision }),

    async pack(
      image: Image,
      executor: Executor,
      clock: Clock = noClock,
      first?: ImageDescriptor,
    ): Promise<Packed> {
      const streamed = await cutStreams(image, serialiser, chunker, executor, clock);
      const { serialised, all, cuts, chunkLengths } = streamed;
      const { sequence, dictionary, ...content } = await store(
        image,
        streamed,
        executor,
        clock,
        first,
      );
      const codec = dictionary ? await createCodec(plain.id, dictionary) : plain;

      return clock.time('write', async () => {
        const streams = packedStreams(serialised.streams, cuts, sequence);
        const metadata = serialised.root?.(referencesOf(streams, content.objects));
        const { objects, stored, ...rounds } = metadata?.objects
          ? await addMetadataObjects(content, streams, metadata, (source, lengths) =>
              executor.compressParts(source, lengths, plain.id, dictionary),
            )
          : content;
        const blobs = packer.storedBlobs?.(stored.lengths);
        const blobDigests = blobs && (await executor.digestParts(stored.bytes, blobs));
        const packed = packer.pack({
          objects,
          stored,
          streams,
          root: metadata?.root,
          codec,
          streamMediaType,
          bounds,
          ...(blobDigests && { blobDigests }),
        });
        const output = dictionary
          ? { ...packed, layers: [...packed.layers, makeDictionaryBlob(dictionary, plain)] }
          : packed;
        const { config } = image.descriptor;
        const configBytes = output.diffIds
          ? configWithLayers(config, output.diffIds)
          : new TextEncoder().encode(config);
        const configBlob = makeBlob('metadata', CONFIG_TYPE, configBytes);
        return {
          manifest: writeManifest(
            configBlob.descriptor,
            output.layers.map((layer) => layer.descriptor),
            id,
            indexAnnotation(output),
          ),
          config: configBlob,
          output,
          objects,
          stored,
          ...rounds,
          streamBytes: all.length,
          chunkLengths,
          sequence,
          longestChunk: longestOf(choices.chunker),
        };
      });
    },

    async unpack(manifestBytes, store, executor) {
      const { opened, given } = await open(manifestBytes, store);
      const contents = await executor.decompress(...given);
      const { objects } = opened;
      const starts = startsOf(objects.lengths);
      const streams = opened.streams.map((numbers) => {
        const rope = new Rope();
        for (const number of numbers)
          rope.append(contents, starts[number], objects.lengths[number]);
        return rope;
      });
      return serialiser.restore(streams, opened.root);
    },

    async verify(manifestBytes, store, executor) {
      const { given } = await open(manifestBytes, store);
      await executor.verify(...given);
    },

    transfer: (inventory, held) => planTransfer(fetcher, inventory, held, choices.fetcher.values),
  };
}

function indexAnnotation({ layerIndexes }: PackOutput): Readonly<Record<string, string>> {
  if (!layerIndexes) return {};
  return { [layerIndexes.annotation]: layerIndexes.manifest.descriptor.digest };
}

/** One at a time: there may be a million. */
function* storedOf({ objects, stored }: Opened): Generator<ByteSource> {
  for (let number = 0; number < objects.count; number++) yield stored(number);
}

function rootOpener(
  serialiser: Serialiser | RootedSerialiser | MerkleSerialiser,
): OpenInput['openRoot'] {
  if (!('readReferences' in serialiser)) return undefined;
  return (bytes, read) => {
    const root = 'flatten' in serialiser ? serialiser.flatten(bytes, read) : bytes;
    return { root, references: serialiser.readReferences(root) };
  };
}

function chunkBounds({ values }: Resolved<Member>): ChunkBounds {
  const { size, min = size, avg = size, max = size } = values;
  const bound = (value: unknown): number => (typeof value === 'number' && value > 0 ? value : 1);
  return { minimum: bound(min), average: bound(avg), maximum: bound(max) };
}

function longestOf({ values }: Resolved<Member>): number | undefined {
  const { size, max = size } = values;
  return typeof max === 'number' ? max : undefined;
}
