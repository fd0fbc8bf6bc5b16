import { DigestTable } from '../objects/digest-table.ts';
import { divide } from '../stats/mod.ts';
import type { Contents, FileChunks } from './contents.ts';
import { BLOCK_BYTES } from './disk.ts';
import { type Fact, factsOf, type Measurement, round } from './measurement.ts';

const CHUNK_DIGEST_BYTES = 16;

/** The files of an image as they are cut. */
export interface CutFiles {
  /** Of whole contents, end to end. */
  readonly digests: Uint8Array;
  /** Bytes. */
  readonly sizes: Float64Array;
  readonly chunks: FileChunks;
}

/** Bytes of files that were there before, and the part of them that a file system can share. */
export interface Repeated {
  readonly duplicate: number;
  readonly reflinkable: number;
}

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
 * Duplicate bytes of a series of files, and how many of them a file system can share between files: those on
 * whole blocks that lie at the same offset within a block in both files, and tails that end both (ioctl_ficlonerange(2)).
 */
export class RepeatCount {
  readonly #digestBytes: number;
  readonly #wholes: DigestTable;
  readonly #chunks = new DigestTable(1024, CHUNK_DIGEST_BYTES);
  readonly #places: Place[] = [];
  #files = 0;

  /** @param digestBytes of a whole content: 32 for sha256 */
  constructor(digestBytes: number) {
    this.#digestBytes = digestBytes;
    this.#wholes = new DigestTable(1024, digestBytes);
  }

  /** Enters the next image of the series: what it repeats of itself and of those before. */
  add(files: CutFiles): Repeated {
    const { digests, sizes, chunks } = files;
    let [duplicate, reflinkable] = [0, 0];
    let chunk = 0;
    for (const [file, size] of sizes.entries()) {
      const count = chunks.counts[file]!;
      const known = this.#wholes.count;
      if (this.#wholes.add(digests, this.#digestBytes * file) < known) {
        duplicate += size;
        reflinkable += size;
      } else {
        const found = this.#enterFile(files, chunk, count, size);
        duplicate += found.duplicate;
        reflinkable += found.reflinkable;
      }
      chunk += count;
      this.#files++;
    }
    return { duplicate, reflinkable };
  }

  #enterFile({ chunks }: CutFiles, first: number, count: number, size: number): Repeated {
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

/** Duplicates of a series whatever the model: chunks as small as no format in use has them. */
export class DuplicateCount {
  readonly #files = new RepeatCount(32);

  add(contents: Contents): readonly Measurement[] {
    const { duplicate, reflinkable } = this.#files.add(contents);
    const share = divide(reflinkable, duplicate);
    const facts: readonly Fact[] = [
      ['image.duplicate_bytes', duplicate],
      ['image.reflinkable_bytes', reflinkable],
      ...(share === undefined ? [] : [['image.reflinkable_share', round(share)] as const]),
    ];
    return factsOf(contents.image, facts);
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
