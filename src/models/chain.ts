import { isCutByReference } from '../chunkers/chunker.ts';
import { heldBy } from '../codecs/bounds.ts';
import { createCodec } from '../codecs/mod.ts';
import { planTransfer } from '../fetchers/fetcher.ts';
import { createFetcher } from '../fetchers/mod.ts';
import type { Image, ImageDescriptor } from '../images/image.ts';
import type { Executor } from '../objects/executor.ts';
import { startsOf } from '../objects/work.ts';
import { readManifest } from '../packers/manifest.ts';
import type { Opened, OpenInput, Packed, Store } from '../packers/packer.ts';
import type { MerkleSerialiser, RootedSerialiser, Serialiser } from '../serialisers/serialiser.ts';
import { Part } from '../streams/part.ts';
import { Rope } from '../streams/rope.ts';
import type { ByteSource } from '../streams/source.ts';
import { isDelivered } from './choices.ts';
import { cutStreams } from './cut-streams.ts';
import { openDictionary } from './dictionary.ts';
import { type Clock, type Model, noClock } from './model.ts';
import {
  describeStreams,
  layOut,
  longestOf,
  manifestOf,
  readyChain,
  storeStreams,
} from './stages.ts';

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
  const chain = await readyChain(text);
  const { id, choices, serialiser, chunker, plain, packer, trainer } = chain;
  const fetcher = createFetcher(choices.fetcher);

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
      const streams = await cutStreams(image, serialiser, chunker, executor, clock);
      const content = await storeStreams(chain, image, streams, executor, clock, first);
      const { dictionary } = content;
      const codec = dictionary ? await createCodec(plain.id, dictionary) : plain;
      return clock.time('write', async () => {
        const described = describeStreams(streams, content);
        const laidOut = await layOut(chain, image, streams, content, described, codec, executor);
        return { manifest: manifestOf(laidOut, id), ...laidOut };
      });
    },

    async unpack(manifestBytes, store, executor) {
      const { opened, given } = await open(manifestBytes, store);
      const contents = await executor.decompress(...given);
      const { objects } = opened;
      const starts = startsOf(objects.lengths);
      const streams = opened.streams.map((numbers) => {
        const [first] = numbers;
        // One object for each file is the usual case.
        if (first !== undefined && numbers.length === 1) {
          return new Part(contents, starts[first]!, objects.lengths[first]!);
        }
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
