import type { Chunker } from '../chunkers/chunker.ts';
import { createChunker } from '../chunkers/mod.ts';
import { DigestTable } from '../objects/digest-table.ts';
import { type ChunkStatistics, chunkStatistics } from '../packers/inventory.ts';
import type { Division } from './divide.ts';
import { DIGEST_BYTES } from './window.ts';

/** What one image brings to a series: exact counts, whatever finds them. */
export interface Found {
  /** Bytes serialised. */
  readonly streamBytes: number;
  /** Bytes of content that no image before has; undefined where an image before is missing. */
  readonly newBytes: number | undefined;
  /** Distinct objects that no image before has. */
  readonly newObjects: number;
  readonly chunks: ChunkStatistics;
}

/** Exact counts of many chunkers over a series of images, from what a {@link Divider} found in each. */
export class SweepAccounting {
  readonly #counts: readonly ChunkerCount[];

  constructor(chunkerIds: readonly string[]) {
    this.#counts = chunkerIds.map((id) => new ChunkerCount(createChunker(id)));
  }

  /** Enters the next image, a division by each chunker in their order; what it brings, in that order. */
  enter(divisions: readonly Division[]): readonly Found[] {
    return this.#counts.map((count, number) => count.enter(divisions[number]!));
  }

  /** The next image could not be had: from here on nothing is known to be new. */
  miss(): void {
    for (const count of this.#counts) count.miss();
  }
}

class ChunkerCount {
  readonly #longest: number | undefined;
  readonly #seen = new DigestTable(1024, DIGEST_BYTES);
  #isWhole = true;

  constructor({ algorithm }: Chunker) {
    const longest = algorithm?.longest;
    this.#longest = Number.isFinite(longest) ? longest : undefined;
  }

  miss(): void {
    this.#isWhole = false;
  }

  enter({ lengths, digests }: Division): Found {
    const known = this.#seen.count;
    const numbers = this.#seen.addAll(digests);
    let [newBytes, streamBytes, count] = [0, 0, known];
    for (let chunk = 0; chunk < lengths.length; chunk++) {
      const length = lengths[chunk]!;
      if (numbers[chunk] === count) {
        newBytes += length;
        count++;
      }
      streamBytes += length;
    }
    return {
      streamBytes,
      newBytes: this.#isWhole ? newBytes : undefined,
      newObjects: this.#seen.count - known,
      chunks: chunkStatistics(lengths, this.#longest),
    };
  }
}
