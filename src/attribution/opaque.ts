import { SkippedError } from '../errors.ts';
import type { Model } from '../models/model.ts';

/** Why what these programs write is not divided, by the name of the model. */
const REASONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    squashfs: 'which of its blocks holds which file only the tables of SquashFS say',
    erofs: 'which of its blocks holds which file only the inodes of EROFS say',
    recut: 'a chunk is a part of a compressed archive, where no byte is of one path',
    'tar-split': 'which headers a part of its stream holds only the format of tar-split says',
  }),
);

const DELTA =
  'a delta is made of copies and differences between two tars, and no byte of it is of one path';

/**
 * Chains say what every byte is made of. What external programs write would have to be read as each of them lays it out;
 * nobody would learn more from one row that names the whole blob. Throws a SkippedError that says why.
 */
export function checkDivisible({ id, deltas }: Pick<Model, 'id' | 'deltas'>): void {
  if (id.includes('|')) return;
  const why = deltas ? DELTA : REASONS.get(id.split(':')[0]!);
  throw new SkippedError(
    `what '${id}' writes cannot be divided among paths${why === undefined ? '' : `: ${why}`}`,
    { model: id },
    'explain divides chains of five choices, not models of external programs: choose such a model',
  );
}
