import type { Division } from '../accounting/divide.ts';
import { DIGEST_BYTES } from '../accounting/window.ts';
import { divide } from '../stats/mod.ts';
import type { FileChunks } from './contents.ts';
import { BLOCK_BYTES } from './disk.ts';
import { type CutFiles, RepeatCount } from './duplicates.ts';
import { type Fact, factsOf, type Measurement, round } from './measurement.ts';

/** The chain whose chunks are whole files: it tells where files end, and which are equal. */
const WHOLE = 'files|whole|none|objects|get';

/**
 * What of files that are cut one by one a file system can share (ioctl_ficlonerange(2)), by each chain of `files`: between files,
 * of what was there before; and between a file and the chunks of a store, each of which is a file as well.
 */
export class ReflinkCount {
  /** By chain; undefined once an image is missing: nothing more is known to be new. */
  #repeats: Map<string, RepeatCount> | undefined = new Map();

  /** @param divided by chain, {@link WHOLE} among them; undefined where the image could not be had */
  enter(
    image: string,
    divided: ReadonlyMap<string, Division> | undefined,
  ): readonly (readonly [model: string, measurements: readonly Measurement[]])[] {
    if (!divided) this.#repeats = undefined;
    const wholes = divided?.get(WHOLE);
    if (!wholes) return [];
    const { lengths: sizes, digests } = wholes;
    return [...divided!]
      .filter(([model]) => model.startsWith('files|'))
      .map(([model, division]) => {
        const files = { sizes, digests, chunks: chunksOf(sizes, division) };
        return [
          model,
          factsOf(image, [...this.#between(model, files), ...ofStore(files)]),
        ] as const;
      });
  }

  #between(model: string, files: CutFiles): readonly Fact[] {
    if (!this.#repeats) return [];
    const known = this.#repeats.get(model) ?? new RepeatCount(DIGEST_BYTES);
    this.#repeats.set(model, known);
    const { duplicate, reflinkable } = known.add(files);
    const share = divide(reflinkable, duplicate);
    return [
      ['dedup.duplicate_bytes', duplicate],
      ['dedup.reflinkable_bytes', reflinkable],
      ...(share === undefined ? [] : [['dedup.reflinkable_share', round(share)] as const]),
    ];
  }
}

/** Chunks by the files that they are of: no chunk reaches over an end. */
function chunksOf(sizes: Float64Array, { lengths, digests }: Division): FileChunks {
  const counts = new Uint32Array(sizes.length);
  let chunk = 0;
  for (const [file, size] of sizes.entries()) {
    let left = size;
    do {
      left -= lengths[chunk++]!;
      counts[file]!++;
    } while (left > 0);
  }
  return { counts, lengths, digests };
}

/** Whole blocks of chunks that start on a block of their file; to the end where they end it. */
function ofStore({ sizes, chunks }: CutFiles): readonly Fact[] {
  let [chunk, all, shared] = [0, 0, 0];
  for (const [file, size] of sizes.entries()) {
    let offset = 0;
    for (let count = chunks.counts[file]!; count > 0; count--) {
      const length = chunks.lengths[chunk++]!;
      const isLast = offset + length === size;
      if (offset % BLOCK_BYTES === 0) {
        shared += isLast ? length : Math.floor(length / BLOCK_BYTES) * BLOCK_BYTES;
      }
      offset += length;
    }
    all += size;
  }
  const share = divide(shared, all);
  return [
    ['dedup.store_reflinkable_bytes', shared],
    ...(share === undefined ? [] : [['dedup.store_reflinkable_share', round(share)] as const]),
  ];
}
