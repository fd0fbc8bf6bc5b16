import { type Chunker, isCutByReference } from '../chunkers/chunker.ts';
import { createChunker, lengthsOfMany } from '../chunkers/mod.ts';
import type { Image } from '../images/image.ts';
import { createSerialiser } from '../serialisers/mod.ts';
import type { ByteSource } from '../streams/source.ts';
import { ChunkDigests } from './chunk-digests.ts';
import { DIGEST_BYTES } from './window.ts';

/** All chunks of an image by one chunker, stream after stream. Plain data: it crosses threads. */
export interface Division {
  /** Bytes. */
  readonly lengths: Float64Array;
  /** {@link DIGEST_BYTES} each, comparable with those of every other division. */
  readonly digests: Uint8Array;
}

/** A serialiser and the chunkers that its streams are divided by: ids. */
export interface Sweep {
  readonly serialiser: string;
  readonly chunkers: readonly string[];
}

/** Divisions of an image: by sweep, then by chunker. */
export async function divideImage(
  image: Image,
  sweeps: readonly Sweep[],
): Promise<readonly (readonly Division[])[]> {
  const divided: (readonly Division[])[] = [];
  for (const { serialiser, chunkers } of sweeps) {
    const { streams } = createSerialiser(serialiser).serialise(image);
    const divider = await Divider.create(chunkers);
    divided.push(divider.divide(streams.map(({ bytes }) => bytes)));
  }
  return divided;
}

/** One of each thread: its window is large, and no call leaves anything in it. */
let ofThread: Promise<ChunkDigests> | undefined;

/**
 * Cuts streams by many chunkers and digests the chunks: one read of each stream, one scan for all parameter sets of a hash,
 * nearly every byte digested once. No contents are kept.
 */
export class Divider {
  readonly chunkers: readonly Chunker[];
  readonly #digests: ChunkDigests;
  readonly #shortest: number;

  static async create(chunkerIds: readonly string[], digests?: ChunkDigests): Promise<Divider> {
    ofThread ??= ChunkDigests.create();
    return new Divider(
      chunkerIds.map((id) => createChunker(id)),
      digests ?? (await ofThread),
    );
  }

  private constructor(chunkers: readonly Chunker[], digests: ChunkDigests) {
    this.chunkers = chunkers;
    this.#digests = digests;
    this.#shortest = Math.min(...chunkers.map(uncutBytes));
  }

  /** The divisions of an image in the order of the chunkers. */
  divide(streams: readonly ByteSource[]): readonly Division[] {
    const parts = this.chunkers.map((): Division[] => []);
    for (const stream of streams) {
      for (const [number, part] of this.#stream(stream).entries()) parts[number]!.push(part);
    }
    return parts.map(joined);
  }

  #stream(stream: ByteSource): readonly Division[] {
    const source = this.#digests.hold(stream);
    // An empty stream is still stored, as one empty object; one below every minimum is one chunk.
    if (source.length <= this.#shortest || source.length === 0) {
      const lengths = Float64Array.of(source.length);
      const [digests] = this.#digests.digests(source, [lengths]);
      return this.chunkers.map(() => ({ lengths, digests: digests! }));
    }
    const divisions = lengthsOfMany(this.chunkers, source);
    const digests = this.#digests.digests(source, divisions);
    return divisions.map((lengths, number) => ({ lengths, digests: digests[number]! }));
  }
}

/** Streams up to this long need no look; a reference is always asked. */
function uncutBytes({ algorithm }: Chunker): number {
  return algorithm && !isCutByReference(algorithm) ? algorithm.shortest : 0;
}

function joined(parts: readonly Division[]): Division {
  if (parts.length === 1) return parts[0]!;
  const count = parts.reduce((sum, { lengths }) => sum + lengths.length, 0);
  const all = {
    lengths: new Float64Array(count),
    digests: new Uint8Array(DIGEST_BYTES * count),
  };
  let at = 0;
  for (const { lengths, digests } of parts) {
    all.lengths.set(lengths, at);
    all.digests.set(digests, DIGEST_BYTES * at);
    at += lengths.length;
  }
  return all;
}
