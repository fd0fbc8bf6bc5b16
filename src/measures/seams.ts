import { ChunkDigests } from '../accounting/chunk-digests.ts';
import type { Chunker } from '../chunkers/chunker.ts';
import { shuffled } from '../stats/mod.ts';
import { MemorySource } from '../streams/source.ts';

/** What chunks of one stream are lost where contents get other neighbours. */

/** A stream as its pieces, which follow one another. */
export type Pieces = readonly Uint8Array[];

const DIGEST_BYTES = 16;

/** The chunks of one stream by several chunkers, which others are held against. */
export class KnownChunks {
  readonly #chunkers: readonly Chunker[];
  readonly #digests: ChunkDigests;
  readonly #bytes: Uint8Array;
  readonly #lengths: readonly Float64Array[];
  readonly #known: readonly ReadonlySet<string>[];

  static async of(chunkers: readonly Chunker[], stream: Pieces): Promise<KnownChunks> {
    return new KnownChunks(chunkers, await ChunkDigests.create(), joined(stream));
  }

  private constructor(chunkers: readonly Chunker[], digests: ChunkDigests, bytes: Uint8Array) {
    this.#chunkers = chunkers;
    this.#digests = digests;
    this.#bytes = bytes;
    this.#lengths = this.#cut(bytes);
    this.#known = digests
      .digests(new MemorySource(bytes), this.#lengths)
      .map((own) => new Set(namesOf(own)));
  }

  /** Bytes of another stream's distinct chunks that this one has not, by chunker. */
  newBytes(stream: Pieces): readonly number[] {
    const bytes = joined(stream);
    const lengths = this.#cut(bytes);
    const digests = this.#digests.digests(new MemorySource(bytes), lengths);
    return digests.map((own, chunker) => {
      const seen = new Set<string>();
      let sum = 0;
      for (const [number, name] of namesOf(own).entries()) {
        if (this.#known[chunker]!.has(name) || seen.has(name)) continue;
        seen.add(name);
        sum += lengths[chunker]![number]!;
      }
      return sum;
    });
  }

  /**
   * Share of the stream's bytes that lie in known chunks again when its own chunks follow in another order and are cut
   * anew, by chunker; of an empty stream 1.
   */
  reordered(seed: number): readonly number[] {
    return this.#chunkers.map((chunker, number) => {
      let end = 0;
      const chunks = Array.from(this.#lengths[number]!, (length) => {
        end += length;
        return this.#bytes.subarray(end - length, end);
      });
      const bytes = joined(shuffled(chunks, seed));
      const lengths = chunker.lengths(new MemorySource(bytes));
      const [digests] = this.#digests.digests(new MemorySource(bytes), [lengths]);
      let found = 0;
      for (const [place, name] of namesOf(digests!).entries()) {
        if (this.#known[number]!.has(name)) found += lengths[place]!;
      }
      return bytes.length === 0 ? 1 : found / bytes.length;
    });
  }

  #cut(bytes: Uint8Array): readonly Float64Array[] {
    const source = new MemorySource(bytes);
    return this.#chunkers.map((chunker) => chunker.lengths(source));
  }
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

function namesOf(digests: Uint8Array): readonly string[] {
  const bytes = Buffer.from(digests.buffer, digests.byteOffset, digests.byteLength);
  return Array.from({ length: digests.length / DIGEST_BYTES }, (_, number) =>
    bytes.toString('latin1', DIGEST_BYTES * number, DIGEST_BYTES * (number + 1)),
  );
}
