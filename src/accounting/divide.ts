import { checkedLengths } from '../chunkers/checked.ts';
import { type Chunker, isCutByReference } from '../chunkers/chunker.ts';
import { createChunker } from '../chunkers/mod.ts';
import { type CutSegment, endsOf, reachOf, type Segment } from '../chunkers/segments.ts';
import { Cuts } from '../chunkers/sweep.ts';
import { Rope } from '../streams/rope.ts';
import type { ByteSource } from '../streams/source.ts';
import { ChunkDigests } from './chunk-digests.ts';
import { joined } from './join.ts';
import { DIGEST_BYTES } from './window.ts';

/** All chunks of an image by one chunker, stream after stream. Plain data: it crosses threads. */
export interface Division {
  /** Bytes. */
  readonly lengths: Float64Array;
  /** {@link DIGEST_BYTES} each, comparable with those of every other division. */
  readonly digests: Uint8Array;
}

/** What of a division is known from a segment: plain data too. */
export interface DividedSegment extends CutSegment {
  /** Of the chunks that end at `ends`. */
  readonly digests: Uint8Array;
}

/** One of each thread: its window is large, and no call leaves anything in it. */
let ofThread: ChunkDigests | undefined;

/**
 * Cuts streams by many chunkers and digests the chunks: one read of each stream for all that share a scan, one scan for all
 * parameter sets of a hash, nearly every byte digested once. No contents are kept.
 */
export class Divider {
  readonly chunkers: readonly Chunker[];
  readonly #digests: ChunkDigests;
  readonly #shortest: number;

  static async create(chunkerIds: readonly string[], digests?: ChunkDigests): Promise<Divider> {
    const chunkers = chunkerIds.map((id) => createChunker(id));
    ofThread ??= new ChunkDigests();
    const own = digests ?? ofThread;
    await own.admit(Math.max(...chunkers.map(longestOf)));
    return new Divider(chunkers, own);
  }

  private constructor(chunkers: readonly Chunker[], digests: ChunkDigests) {
    this.chunkers = chunkers;
    this.#digests = digests;
    this.#shortest = Math.min(...chunkers.map(uncutBytes));
  }

  /** The divisions of whole streams in the order of the chunkers. */
  divide(streams: readonly ByteSource[]): readonly Division[] {
    const parts = this.chunkers.map((): Division[] => []);
    for (const stream of streams) {
      for (const [number, part] of this.#stream(stream).entries()) parts[number]!.push(part);
    }
    return parts.map(joined);
  }

  /** The divisions of a segment of a stream, as if chunks began at its start. */
  segment(stream: ByteSource, { from, to }: Segment): readonly DividedSegment[] {
    const source = from === 0 ? stream : new Rope().slice(stream, from, stream.length - from);
    const untils = this.chunkers.map((chunker) =>
      to === stream.length ? source.length : Math.min(source.length, to - from + reachOf(chunker)),
    );
    return this.#cut(source, untils).map(({ lengths, digests }) => ({
      from,
      to,
      ends: endsOf(lengths, from, stream.length),
      digests,
    }));
  }

  #stream(source: ByteSource): readonly Division[] {
    // An empty stream is still stored, as one empty object; one below every minimum is one chunk.
    if (source.length <= this.#shortest || source.length === 0) {
      const lengths = Float64Array.of(source.length);
      const [digests] = this.#digests.digests(source, [lengths]);
      return this.chunkers.map(() => ({ lengths, digests: digests! }));
    }
    return this.#cut(
      source,
      this.chunkers.map(() => source.length),
    );
  }

  /** @param untils by chunker: only chunks that start before are wanted */
  #cut(source: ByteSource, untils: readonly number[]): readonly Division[] {
    const alone = (chunker: Chunker): Float64Array => {
      const settling = untils[this.chunkers.indexOf(chunker)]! + reachOf(chunker);
      return checkedLengths(
        chunker,
        settling < source.length ? new Rope().slice(source, 0, settling) : source,
      );
    };
    const cuts = new Cuts(this.chunkers, source.length, alone);
    const digests = this.#digests.digestsOfCuts(
      source,
      cuts.lengths.map((lengths, number) => ({ lengths, until: untils[number]! })),
      (bytes, to) => cuts.advance(bytes, to),
    );
    return digests.map((own, number) => ({
      lengths: cuts.lengths[number]!.between(0, own.length / DIGEST_BYTES).slice(),
      digests: own.slice(),
    }));
  }
}

function longestOf({ algorithm }: Chunker): number {
  return algorithm?.longest ?? Number.POSITIVE_INFINITY;
}

/** Streams up to this long need no look; a reference is always asked. */
function uncutBytes({ algorithm }: Chunker): number {
  return algorithm && !isCutByReference(algorithm) ? algorithm.shortest : 0;
}
