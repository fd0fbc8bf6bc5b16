import { createHash } from 'node:crypto';
import type { Chunker } from '../chunkers/chunker.ts';
import { type CutBefore, cutBefore, recut, type Stretch } from '../chunkers/recut.ts';
import { shuffled } from '../stats/mod.ts';
import { Rope } from '../streams/rope.ts';
import { type ByteSource, MemorySource, readRange } from '../streams/source.ts';

/** What chunks of one stream are lost where contents get other neighbours. */

/** A stream as its pieces, which follow one another; those of another stream that are the same arrays are known to be equal. */
export type Pieces = readonly Uint8Array[];

interface Known {
  readonly chunker: Chunker;
  readonly before: CutBefore;
  /** sha256 of each chunk. */
  readonly digests: ReadonlySet<string>;
}

/** The chunks of one stream by several chunkers, which others are held against. */
export class KnownChunks {
  readonly #source: ByteSource;
  /** Where each piece lies: bytes. */
  readonly #places: ReadonlyMap<Uint8Array, number>;
  readonly #known: readonly Known[];

  constructor(chunkers: readonly Chunker[], stream: Pieces) {
    const places = new Map<Uint8Array, number>();
    let length = 0;
    for (const piece of stream) {
      places.set(piece, length);
      length += piece.length;
    }
    const source = new MemorySource(joined(stream));
    this.#source = source;
    this.#places = places;
    this.#known = chunkers.map((chunker) => {
      const lengths = chunker.lengths(source);
      return {
        chunker,
        before: cutBefore(lengths),
        digests: new Set([...chunksOf(lengths)].map((chunk) => digestOf(source, chunk))),
      };
    });
  }

  /** Bytes of another stream's distinct chunks that this one has not, by chunker. */
  newBytes(stream: Pieces): readonly number[] {
    const { source, stretches } = this.#shared(stream);
    return this.#known.map(({ chunker, before, digests }) => {
      const seen = new Set<string>();
      let sum = 0;
      for (const chunk of chunksOf(recut(chunker, before, source, stretches))) {
        if (isKnown(chunk, before, stretches)) continue;
        const digest = digestOf(source, chunk);
        if (digests.has(digest) || seen.has(digest)) continue;
        seen.add(digest);
        sum += chunk.length;
      }
      return sum;
    });
  }

  /**
   * Share of the stream's bytes that lie in known chunks again when its own chunks follow in another order and are cut
   * anew, by chunker; of an empty stream 1.
   */
  reordered(seed: number): readonly number[] {
    return this.#known.map(({ chunker, before, digests }) => {
      const chunks = [...chunksOf(lengthsOf(before))];
      const source = new Rope();
      for (const { at, length } of shuffled(chunks, seed)) source.slice(this.#source, at, length);
      let found = 0;
      for (const chunk of chunksOf(chunker.lengths(source))) {
        if (digests.has(digestOf(source, chunk))) found += chunk.length;
      }
      return source.length === 0 ? 1 : found / source.length;
    });
  }

  /** Another stream, and what of it lies in this one. */
  #shared(stream: Pieces): { readonly source: ByteSource; readonly stretches: readonly Stretch[] } {
    const source = new Rope();
    const stretches: Stretch[] = [];
    for (const piece of stream) {
      const old = this.#places.get(piece);
      const own = source.length;
      const { length } = piece;
      if (old === undefined) {
        source.append(new MemorySource(piece));
        continue;
      }
      source.slice(this.#source, old, length);
      const last = stretches.at(-1);
      if (last && last.old + last.length === old && last.own + last.length === own) {
        stretches[stretches.length - 1] = { ...last, length: last.length + length };
      } else stretches.push({ old, own, length });
    }
    return { source, stretches };
  }
}

interface Place {
  /** In the stream: bytes. */
  readonly at: number;
  readonly length: number;
}

function* chunksOf(lengths: Float64Array): Generator<Place> {
  let at = 0;
  for (const length of lengths) {
    yield { at, length };
    at += length;
  }
}

function lengthsOf({ ends }: CutBefore): Float64Array {
  return ends.map((end, number) => end - (number === 0 ? 0 : ends[number - 1]!));
}

/** True of a chunk that lies in a stretch as one chunk did before. */
function isKnown(
  { at, length }: Place,
  { ends }: CutBefore,
  stretches: readonly Stretch[],
): boolean {
  const around = stretches.find((one) => one.own <= at && at + length <= one.own + one.length);
  if (!around) return false;
  const start = at - around.own + around.old;
  const number = ends.indexOf(start + length);
  return number >= 0 && (number === 0 ? 0 : ends[number - 1]) === start;
}

function digestOf(source: ByteSource, { at, length }: Place): string {
  return createHash('sha256')
    .update(readRange(source, at, length))
    .digest('base64');
}

function joined(pieces: Pieces): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
