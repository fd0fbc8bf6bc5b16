import type { Chunker } from '../chunkers/chunker.ts';
import { createChunker } from '../chunkers/mod.ts';
import { DigestTable } from '../objects/digest-table.ts';
import { type ChunkStatistics, chunkStatistics } from '../packers/inventory.ts';

import type { Division } from './divide.ts';
import { DIGEST_BYTES } from './window.ts';

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

/** Exact dedup books of many chunkers over a series of images, from what a {@link Divider} found in each. */
export class SweepAccounting {
  readonly #books: readonly Book[];

  constructor(chunkerIds: readonly string[]) {
    this.#books = chunkerIds.map((id) => new Book(createChunker(id)));
  }

  /** Enters the next image, a division by each chunker in their order, and returns the books in that order. */
  enter(divisions: readonly Division[]): readonly ChunkBooks[] {
    return this.#books.map((book, number) => book.enter(divisions[number]!));
  }
}

class Book {
  readonly #chunker: Chunker;
  readonly #seen = new DigestTable(1024, DIGEST_BYTES);
  #uniqueBytes = 0;
  #totalStreamBytes = 0;

  constructor(chunker: Chunker) {
    this.#chunker = chunker;
  }

  enter({ lengths, digests }: Division): ChunkBooks {
    const known = this.#seen.count;
    let newBytes = 0;
    let streamBytes = 0;
    for (let chunk = 0; chunk < lengths.length; chunk++) {
      const length = lengths[chunk]!;
      const before = this.#seen.count;
      if (this.#seen.add(digests, DIGEST_BYTES * chunk) === before) newBytes += length;
      streamBytes += length;
    }
    this.#uniqueBytes += newBytes;
    this.#totalStreamBytes += streamBytes;
    const longest = this.#chunker.algorithm?.longest ?? Number.POSITIVE_INFINITY;
    return {
      chunker: this.#chunker.id,
      streamBytes,
      newBytes,
      newChunks: this.#seen.count - known,
      uniqueBytes: this.#uniqueBytes,
      distinctChunks: this.#seen.count,
      totalStreamBytes: this.#totalStreamBytes,
      chunks: chunkStatistics(lengths, Number.isFinite(longest) ? longest : undefined),
    };
  }
}
