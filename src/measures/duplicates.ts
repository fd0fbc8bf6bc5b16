import { DigestTable } from '../objects/digest-table.ts';
import type { Contents } from './contents.ts';
import { BLOCK_BYTES } from './disk.ts';
import { type Fact, factsOf, type Measurement, round } from './measurement.ts';

const CHUNK_DIGEST_BYTES = 16;

/** Where a chunk was met first. */
interface Place {
  /** Number of the file among all files of the series. */
  readonly file: number;
  /** Bytes. */
  readonly offset: number;
  /** The chunk's end is the file's end. */
  readonly isLast: boolean;
}

/**
 * Duplicate bytes of a series whatever the model, and how many of them a file system can share between files: those on
 * whole blocks that lie at the same offset within a block in both files, and tails that end both (ioctl_ficlonerange(2)).
 */
export class DuplicateCount {
  readonly #wholes = new DigestTable();
  readonly #chunks = new DigestTable(1024, CHUNK_DIGEST_BYTES);
  readonly #places: Place[] = [];
  #files = 0;

  /** Enters the next image of the series: what it repeats of itself and of those before. */
  add(contents: Contents): readonly Measurement[] {
    const { digests, sizes, chunks } = contents;
    let [duplicate, reflinkable] = [0, 0];
    let chunk = 0;
    for (const [file, size] of sizes.entries()) {
      const count = chunks.counts[file]!;
      const known = this.#wholes.count;
      if (this.#wholes.add(digests, 32 * file) < known) {
        duplicate += size;
        reflinkable += size;
      } else {
        const found = this.#enterFile(contents, chunk, count, size);
        duplicate += found.duplicate;
        reflinkable += found.reflinkable;
      }
      chunk += count;
      this.#files++;
    }
    const facts: readonly Fact[] = [
      ['image.duplicate_bytes', duplicate],
      ['image.reflinkable_bytes', reflinkable],
      ...(duplicate > 0
        ? [['image.reflinkable_share', round(reflinkable / duplicate)] as const]
        : []),
    ];
    return factsOf(contents.image, facts);
  }

  #enterFile(
    { chunks }: Contents,
    first: number,
    count: number,
    size: number,
  ): { readonly duplicate: number; readonly reflinkable: number } {
    let [offset, duplicate, reflinkable] = [0, 0, 0];
    let run: Run | undefined;
    const close = (): void => {
      if (run) reflinkable += sharedBlocks(run, run.end === size);
      run = undefined;
    };
    for (let chunk = first; chunk < first + count; chunk++) {
      const length = chunks.lengths[chunk]!;
      const known = this.#chunks.count;
      const number = this.#chunks.add(chunks.digests, CHUNK_DIGEST_BYTES * chunk);
      if (number === known) {
        close();
        this.#places.push({ file: this.#files, offset, isLast: offset + length === size });
      } else {
        const { file, offset: from, isLast } = this.#places[number]!;
        duplicate += length;
        if (run?.file !== file || run.from + (run.end - run.start) !== from) {
          close();
          run = { file, from, start: offset, end: offset, isLast };
        }
        run = { ...run!, end: offset + length, isLast };
      }
      offset += length;
    }
    close();
    return { duplicate, reflinkable };
  }
}

/** Consecutive chunks that follow one another in an earlier file as well. Bytes. */
interface Run {
  readonly file: number;
  /** Where it starts in the earlier file. */
  readonly from: number;
  readonly start: number;
  readonly end: number;
  /** It ends the earlier file. */
  readonly isLast: boolean;
}

function sharedBlocks({ from, start, end, isLast }: Run, endsFile: boolean): number {
  if ((start - from) % BLOCK_BYTES !== 0) return 0;
  const low = Math.ceil(start / BLOCK_BYTES) * BLOCK_BYTES;
  const high = endsFile && isLast ? end : Math.floor(end / BLOCK_BYTES) * BLOCK_BYTES;
  return Math.max(0, high - low);
}
