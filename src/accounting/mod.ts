import type { Chunker } from '../chunkers/chunker.ts';
import { createFingerprint, type Fingerprint } from '../chunkers/fingerprint.ts';
import { createChunker, lengthsOfMany } from '../chunkers/mod.ts';
import { DigestTable } from '../objects/digest-table.ts';
import { type ChunkStatistics, chunkStatistics } from '../packers/inventory.ts';
import { type ByteSource, MemorySource, readAll } from '../streams/source.ts';
import { AtomisedStream, DIGEST_BYTES } from './atoms.ts';

/** The books of one chunker after an image: bytes and counts are exact. */
export interface ChunkBooks {
  /** Canonical id of the chunker. */
  readonly chunker: string;
  readonly streamBytes: number;
  readonly newBytes: number;
  readonly newChunks: number;
  /** Over the images so far. */
  readonly uniqueBytes: number;
  readonly distinctChunks: number;
  readonly totalStreamBytes: number;
  readonly chunks: ChunkStatistics;
}

/** Streams up to this long are held in memory and read once; longer ones are read again for anchors and digests: bytes. */
const HELD_BYTES = 256 << 20;

/**
 * Exact dedup books of many chunkers over a series of images in one pass: one read of each stream, one scan for all
 * parameter sets of a hash, and nearly every byte digested once ({@link AtomisedStream}). No contents are kept.
 */
export class SweepAccounting {
  readonly #fingerprint: Fingerprint;
  readonly #chunkers: readonly Chunker[];
  readonly #books: readonly Book[];
  readonly #shortest: number;

  readonly #heldBytes: number;

  /** @param options.heldBytes longest stream to hold in memory; the books do not depend on it */
  static async create(
    chunkerIds: readonly string[],
    { heldBytes = HELD_BYTES }: { readonly heldBytes?: number } = {},
  ): Promise<SweepAccounting> {
    // Of its own, not the thread's: updates of another user must not come between.
    return new SweepAccounting(chunkerIds, await createFingerprint('xxh128'), heldBytes);
  }

  private constructor(chunkerIds: readonly string[], fingerprint: Fingerprint, heldBytes: number) {
    this.#fingerprint = fingerprint;
    this.#heldBytes = heldBytes;
    this.#chunkers = chunkerIds.map((id) => createChunker(id));
    this.#books = this.#chunkers.map((chunker) => new Book(chunker));
    const shortest = this.#chunkers.map(({ algorithm }) => algorithm?.shortest ?? 0);
    this.#shortest = Math.min(...shortest);
  }

  /** Enters the streams of the next image and returns the books in the order of the chunkers. */
  add(streams: readonly ByteSource[]): readonly ChunkBooks[] {
    for (const book of this.#books) book.begin();
    for (const stream of streams) {
      const source = hold(stream, this.#heldBytes);
      const divisions = this.#cut(source);
      const atomised = new AtomisedStream(source, this.#fingerprint, divisions);
      for (const [number, lengths] of divisions.entries()) {
        const book = this.#books[number]!;
        book.lengths.push(lengths);
        atomised.chunks(lengths, (digests, offset, length) => book.enter(digests, offset, length));
      }
    }
    return this.#books.map((book) => book.close());
  }

  #cut(source: ByteSource): readonly Float64Array[] {
    // An empty stream is still stored, as one empty object; one below every minimum is one chunk.
    if (source.length <= this.#shortest || source.length === 0) {
      return this.#chunkers.map(() => Float64Array.of(source.length));
    }
    return lengthsOfMany(this.#chunkers, source);
  }
}

function hold(stream: ByteSource, heldBytes: number): ByteSource {
  if (stream instanceof MemorySource || stream.length > heldBytes) return stream;
  return new MemorySource(readAll(stream));
}

class Book {
  readonly #chunker: Chunker;
  readonly #seen = new DigestTable();
  /** The table holds 32 bytes a digest; xxh128 fills the first half. */
  readonly #digest = new Uint8Array(32);
  lengths: Float64Array[] = [];
  #newBytes = 0;
  #newChunks = 0;
  #uniqueBytes = 0;
  #totalStreamBytes = 0;

  constructor(chunker: Chunker) {
    this.#chunker = chunker;
  }

  begin(): void {
    this.lengths = [];
    this.#newBytes = 0;
    this.#newChunks = 0;
  }

  enter(digests: Uint8Array, offset: number, length: number): void {
    for (let byte = 0; byte < DIGEST_BYTES; byte++) this.#digest[byte] = digests[offset + byte]!;
    const before = this.#seen.count;
    if (this.#seen.add(this.#digest) < before) return;
    this.#newBytes += length;
    this.#newChunks++;
  }

  close(): ChunkBooks {
    const lengths = joined(this.lengths);
    const streamBytes = lengths.reduce((sum, length) => sum + length, 0);
    this.#uniqueBytes += this.#newBytes;
    this.#totalStreamBytes += streamBytes;
    const longest = this.#chunker.algorithm?.longest ?? Number.POSITIVE_INFINITY;
    return {
      chunker: this.#chunker.id,
      streamBytes,
      newBytes: this.#newBytes,
      newChunks: this.#newChunks,
      uniqueBytes: this.#uniqueBytes,
      distinctChunks: this.#seen.count,
      totalStreamBytes: this.#totalStreamBytes,
      chunks: chunkStatistics(lengths, Number.isFinite(longest) ? longest : undefined),
    };
  }
}

function joined(parts: readonly Float64Array[]): Float64Array {
  if (parts.length === 1) return parts[0]!;
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
