import type { Chunker } from '../chunkers/chunker.ts';
import { createChunker } from '../chunkers/mod.ts';
import type { Codec } from '../codecs/codec.ts';
import { createCodec } from '../codecs/mod.ts';
import type { Member, Resolved } from '../ids.ts';
import type { Image, ImageDescriptor } from '../images/image.ts';
import { type Executor, inline } from '../objects/executor.ts';
import type { Distinct } from '../objects/objects.ts';
import type { Pieces } from '../objects/work.ts';
import { makeBlob } from '../packers/blobs.ts';
import { CONFIG_TYPE, configWithLayers, writeManifest } from '../packers/manifest.ts';
import { createPacker } from '../packers/mod.ts';
import type { ChunkBounds, Packed, PackedStream, Packer, PackOutput } from '../packers/packer.ts';
import { createSerialiser } from '../serialisers/mod.ts';
import type {
  MerkleSerialiser,
  Metadata,
  RootedSerialiser,
  Serialiser,
} from '../serialisers/serialiser.ts';
import { type Choices, isDelivered, resolveChain } from './choices.ts';
import { type CutStreams, cutStreams, findObjects } from './cut-streams.ts';
import { deliveredPieces } from './delivered.ts';
import { createTrainer, makeDictionaryBlob } from './dictionary.ts';
import { addMetadataObjects } from './divided-root.ts';
import { addTimes, type Clock, noClock } from './model.ts';
import { packedStreams, referencesOf } from './packed-streams.ts';

/**
 * The stages in which a chain packs:
 *
 *     cut (cut-streams.ts) → store → describe → lay out → manifest
 *
 * `store` needs the first three choices and takes nearly all of the time, `describe` the first two, `lay out` the packer as
 * well, and only the manifest names the fetcher: chains that begin alike share what is alike.
 */
export interface ReadyChain {
  /** Canonical id. */
  readonly id: string;
  readonly choices: Choices;
  readonly serialiser: Serialiser | RootedSerialiser | MerkleSerialiser;
  readonly chunker: Chunker;
  /** Without a dictionary. */
  readonly plain: Codec;
  readonly packer: Packer;
  readonly trainer: ReturnType<typeof createTrainer> | undefined;
}

/** Throws a UsageError where the chain is wrong. Loads WebAssembly, hence async. */
export async function readyChain(text: string): Promise<ReadyChain> {
  const { id, choices } = resolveChain(text);
  const serialiser = createSerialiser(choices.serialiser.id);
  const chunker = createChunker(choices.chunker.id, { isHeldOnUse: true });
  const plain = await createCodec(choices.compressor.id);
  const packer = createPacker(choices.packer);
  const trainer = choices.compressor.member.isTrained
    ? createTrainer(Number(choices.compressor.values['size']), async (image) => {
        const streams = await cutStreams(image, serialiser, chunker, inline, noClock);
        return { ...streams, ...(await findObjects(streams, inline, noClock)) };
      })
    : undefined;
  return { id, choices, serialiser, chunker, plain, packer, trainer };
}

/** The distinct objects of an image, compressed. */
export interface StoredStreams extends Distinct {
  readonly stored: Pieces;
  /** What they were compressed by. */
  readonly dictionary?: Uint8Array;
}

/** In one pass, unless what they are compressed by must know all of them. @param first as in `Model.pack` */
export async function storeStreams(
  { choices, plain, trainer }: ReadyChain,
  image: Image,
  streams: CutStreams,
  executor: Executor,
  clock: Clock,
  first: ImageDescriptor | undefined,
): Promise<StoredStreams> {
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
}

/** What the streams of an image hold, and the metadata beside them, whatever compresses them. */
export interface DescribedStreams {
  readonly streams: readonly PackedStream[];
  /** Absent where the streams say it all. */
  readonly metadata: Metadata | undefined;
}

export function describeStreams(
  { serialised, cuts }: CutStreams,
  { objects, sequence }: Distinct,
): DescribedStreams {
  const streams = packedStreams(serialised.streams, cuts, sequence);
  return { streams, metadata: serialised.root?.(referencesOf(streams, objects)) };
}

/** A packed image without its manifest. */
export type LaidOut = Omit<Packed, 'manifest'>;

/** @param codec that the objects were compressed by: with its dictionary, where there is one */
export async function layOut(
  { choices, serialiser, plain, packer }: ReadyChain,
  image: Image,
  { all, chunkLengths }: CutStreams,
  content: StoredStreams,
  { streams, metadata }: DescribedStreams,
  codec: Codec,
  executor: Executor,
): Promise<LaidOut> {
  const { objects, stored, ...rounds } = metadata?.objects
    ? await addMetadataObjects(content, streams, metadata, (source, lengths) =>
        executor.compressParts(source, lengths, plain.id, content.dictionary),
      )
    : { objects: content.objects, stored: content.stored };
  const blobs = stored.bytes.isStandIn ? undefined : packer.storedBlobs?.(stored.lengths);
  const blobDigests = blobs && (await executor.digestParts(stored.bytes, blobs));
  const packed = packer.pack({
    objects,
    stored,
    streams,
    root: metadata?.root,
    codec,
    streamMediaType:
      serialiser.id === 'catar'
        ? 'application/vnd.ocibench.catar.v1'
        : 'application/vnd.oci.image.layer.v1.tar',
    bounds: chunkBounds(choices.chunker),
    ...(blobDigests && { blobDigests }),
  });
  const output = content.dictionary
    ? { ...packed, layers: [...packed.layers, makeDictionaryBlob(content.dictionary, plain)] }
    : packed;
  const { config } = image.descriptor;
  const configBytes = output.diffIds
    ? configWithLayers(config, output.diffIds)
    : new TextEncoder().encode(config);
  return {
    config: makeBlob('metadata', CONFIG_TYPE, configBytes),
    output,
    objects,
    stored,
    ...rounds,
    streamBytes: all.length,
    chunkLengths,
    sequence: content.sequence,
    longestChunk: longestOf(choices.chunker),
  };
}

/** @param id of the model: chains that differ in the fetcher alone differ in nothing else */
export function manifestOf({ config, output }: LaidOut, id: string): Uint8Array {
  return writeManifest(
    config.descriptor,
    output.layers.map((layer) => layer.descriptor),
    id,
    indexAnnotation(output),
  );
}

function indexAnnotation({ layerIndexes }: PackOutput): Readonly<Record<string, string>> {
  if (!layerIndexes) return {};
  return { [layerIndexes.annotation]: layerIndexes.manifest.descriptor.digest };
}

function chunkBounds({ values }: Resolved<Member>): ChunkBounds {
  const { size, min = size, avg = size, max = size } = values;
  const bound = (value: unknown): number => (typeof value === 'number' && value > 0 ? value : 1);
  return { minimum: bound(min), average: bound(avg), maximum: bound(max) };
}

/** Longest chunk the chunker may cut: bytes; undefined where it has no bound. */
export function longestOf({ values }: Resolved<Member>): number | undefined {
  const { size, max = size } = values;
  return typeof max === 'number' ? max : undefined;
}
