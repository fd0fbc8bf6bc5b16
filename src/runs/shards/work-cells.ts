import { pinnedBytes } from '../../datasets/size.ts';
import { UsageError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { Plan } from '../../plan.ts';
import { mean } from '../../stats/mod.ts';
import { declaredKind } from '../steps.ts';

/** One of the parts that a run is divided into. */
export interface Shard {
  /** Its number, counted from 1. */
  readonly shard: number;
  /** How many there are. */
  readonly shards: number;
}

/**
 * What is done for one cell:
 *
 *     image            fetches it, and takes what no model changes
 *     contents         digests its files
 *     changes          what changed in meaning from the image before it
 *     cell             packs it by the model `of`
 *     sweep            cuts what the serialiser `of` makes of it by all chunkers of the plan
 *     reproducibility  packs the first image by the model `of` under varied conditions
 *     base             packs by the model `of` the layers that all images have in common
 */
export type CellWork =
  | 'image'
  | 'contents'
  | 'changes'
  | 'cell'
  | 'sweep'
  | 'reproducibility'
  | 'base';

/** The unit that shards divide a run into. */
export interface WorkCell {
  readonly work: CellWork;
  /** Canonical id of a model, or name of a serialiser; `*` of what belongs to the image alone. */
  readonly of: string;
  /** Id; of `base` and `reproducibility`, which are of no image or of the first that can be had, `*`. */
  readonly image: string;
}

/** Relative to packing an image of the same size. Shards are divided by them: other weights are other shards. */
const WEIGHT: Readonly<Record<CellWork, number>> = {
  image: 0.1,
  contents: 0.1,
  changes: 0.1,
  cell: 1,
  sweep: 0.3,
  reproducibility: 5,
  base: 1,
};

/** What a plan is divided by. */
export type DividedPlan = Pick<Plan, 'dataset' | 'images' | 'models' | 'swept' | 'reproduced'>;

/** Every cell of a plan once, image after image: shards of consecutive cells share few images. */
export function workCells(plan: DividedPlan): readonly WorkCell[] {
  const { dataset, images, models, swept, reproduced } = plan;
  const serialisers = [...new Set(swept.map((chain) => chain.split('|')[0]!))];
  const hasContents = models.length + swept.length > 0;
  const cells = images.flatMap((image, number): readonly WorkCell[] => {
    const last = images[number - 1];
    const kind = last === undefined ? undefined : declaredKind(dataset, last, image);
    const isChange = models.length > 0 && (kind === 'edit' || kind === 'rebuild');
    return [
      { work: 'image', of: '*', image },
      ...(hasContents ? [{ work: 'contents' as const, of: '*', image }] : []),
      ...(isChange ? [{ work: 'changes' as const, of: '*', image }] : []),
      ...models.map((of) => ({ work: 'cell' as const, of, image })),
      ...serialisers.map((of) => ({ work: 'sweep' as const, of, image })),
    ];
  });
  return [
    ...cells,
    ...models.map((of) => ({ work: 'base' as const, of, image: '*' })),
    ...reproduced.map((of) => ({ work: 'reproducibility' as const, of, image: '*' })),
  ];
}

/**
 * The cells of one shard, in the order of the plan. Consecutive cells are cut into `shards` parts of about the same expected
 * cost, by what locks and files say of the images' sizes: the same on every machine, whatever was measured there. Every cell
 * is in exactly one shard; a shard may be empty.
 */
export function cellsOfShard(plan: DividedPlan, { shard, shards }: Shard): readonly WorkCell[] {
  const cells = workCells(plan);
  const costs = costsOf(plan, cells);
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  let before = 0;
  return cells.filter((_, number) => {
    const middle = before + costs[number]! / 2;
    before += costs[number]!;
    return Math.min(shards - 1, Math.floor((shards * middle) / total)) === shard - 1;
  });
}

/** Bytes to pack, as far as sizes are known; an image whose size is not known counts as the mean of the others. */
function costsOf({ dataset, images }: DividedPlan, cells: readonly WorkCell[]): readonly number[] {
  const known = new Map(images.map((id) => [id, pinnedBytes(dataset, id)]));
  const usual = mean([...known.values()].filter((bytes) => bytes !== undefined)) ?? 1;
  // An image without bytes is still fetched.
  return cells.map(({ work, image }) => WEIGHT[work] * Math.max(1, known.get(image) ?? usual));
}

/** `2/7` as the command line has it. Throws a UsageError. */
export function parseShard(text: string): Shard {
  const [, shard, shards] = /^(\d{1,6})\/(\d{1,6})$/.exec(text)?.map(Number) ?? [];
  if (shard && shards && shard <= shards && shards <= limits.shards) return { shard, shards };
  throw new UsageError(
    `--shard is '${text}'`,
    {},
    `give I/N, such as 2/7: one of N parts, 1 to N, N at most ${limits.shards}`,
  );
}

/** Short text for people. */
export function cellName({ work, of, image }: WorkCell): string {
  return [work, of, image].filter((part) => part !== '*').join(' ');
}
