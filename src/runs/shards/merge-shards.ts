import type { Division } from '../../accounting/divide.ts';
import type { Sweep } from '../../accounting/shares.ts';
import { BenchError, UnavailableError, UsageError, VerificationError } from '../../errors.ts';
import type { ImageDescriptor } from '../../images/image.ts';
import { listed } from '../../listed.ts';
import type { Changes } from '../../measures/changes.ts';
import type { Contents } from '../../measures/contents.ts';
import type { ReproducibilityResult } from '../../measures/reproducibility.ts';
import type { Plan } from '../../plan.ts';
import type { Cell } from '../cell-store.ts';
import type { Cells, EnteredImage, Found } from './found.ts';
import { type Outcome, readOutcome, valueIn } from './shard-directory.ts';
import {
  ownVersion,
  planOfShards,
  readShardInfo,
  type ShardInfo,
  shardDifferences,
} from './shard-info.ts';
import { type CellWork, cellName, type WorkCell, workCells } from './work-cells.ts';

interface ReadShard {
  readonly directory: string;
  readonly info: ShardInfo;
}

/** What shards of one run found together. */
export interface MergedShards {
  readonly plan: Plan;
  readonly found: Found;
}

/**
 * All shards of a run, read from their directories. A shard may be there more than once: a cell counts that succeeded in one of
 * them.
 *
 * @param out directory of the run that is made of them
 * @throws UsageError for shards of different runs or versions and for shards that are missing or have not ended, each named;
 * VerificationError where a shard that was measured twice came to two results; StorageError and InputError for a directory
 * that is no shard
 */
export function mergeShards(directories: readonly string[], out: string): MergedShards {
  const shards = directories.map((directory) => ({ directory, info: readShardInfo(directory) }));
  const [first, ...others] = shards;
  if (!first)
    throw new UsageError('there is no shard to merge', {}, 'give the directories of all shards');
  for (const other of others) checkMergeable(first, other);
  checkVersion(first);
  const { info } = first;
  checkNoneMissing(shards, info.shards);
  const plan = planOfShards(info.plan, out);
  return { plan, found: foundIn(info, new Outcomes(shards, workCells(plan))) };
}

function checkMergeable(one: ReadShard, other: ReadShard): void {
  const differences = shardDifferences(one.info, other.info);
  if (differences.length === 0) return;
  throw new UsageError(
    `${one.directory} and ${other.directory} are no shards of one run (${listed(differences)})`,
    { file: other.directory },
    'merge shards of one run, measured by one version under one runtime',
  );
}

/** The fold of cells is made by this program: another one may come to other figures. */
function checkVersion({ directory, info }: ReadShard): void {
  const differences = shardDifferences(info, { ...info, version: ownVersion() });
  if (differences.length === 0) return;
  throw new UsageError(
    `${directory} was measured by another version than this one (${listed(differences)})`,
    { file: directory },
    'merge with the version, runtime and --plugin that measured the shards',
  );
}

function checkNoneMissing(shards: readonly ReadShard[], count: number): void {
  const there = new Set(shards.map(({ info }) => info.shard));
  const missing = Array.from({ length: count }, (_, index) => index + 1).filter(
    (n) => !there.has(n),
  );
  if (missing.length === 0) return;
  throw new UsageError(
    `shards are missing: ${listed(missing.map((n) => `${n}/${count}`))}`,
    {},
    'measure them with the same words and `bench run --shard I/N --out DIR`, and name their directories too',
  );
}

/** The outcome of each cell, read when it is asked for. */
class Outcomes {
  readonly #places = new Map<string, readonly string[]>();

  /** Throws a UsageError where cells are missing. @param cells of the whole run */
  constructor(shards: readonly ReadShard[], cells: readonly WorkCell[]) {
    for (const { directory, info } of shards) {
      for (const cell of info.cells) {
        const key = keyOf(cell);
        this.#places.set(key, [...(this.#places.get(key) ?? []), directory]);
      }
    }
    for (const { directory, info } of shards) {
      const missing = info.cells.filter((cell) => !this.#found(cell).length);
      if (missing.length === 0) continue;
      throw new UsageError(
        `shard ${info.shard}/${info.shards} has not ended: it lacks ${missing.length} of ${info.cells.length} cells (${listed(missing.map(cellName), 3)})`,
        { file: directory },
        `run it again with --shard ${info.shard}/${info.shards} --out ${directory}: it goes on where it ended`,
      );
    }
    const unasked = cells.filter((cell) => !this.#places.has(keyOf(cell)));
    if (unasked.length === 0) return;
    throw new UsageError(
      `no shard has the cells ${listed(unasked.map(cellName), 3)}`,
      {},
      'the machines saw files of different sizes when they split the run: measure all shards anew with --fresh',
    );
  }

  /** The value, or what the cell failed by, thrown. */
  value(work: CellWork, of: string, image: string): unknown {
    const cell = { work, of, image };
    const all = this.#found(cell);
    const values = all.filter((outcome) => 'value' in outcome);
    checkSameDigest(cell, values);
    const [outcome] = [...values, ...all];
    if (outcome) return valueIn(outcome);
    throw new UnavailableError(
      `the shards have no cell '${cellName(cell)}'`,
      { image },
      'a shard was removed while it was merged: measure it again',
    );
  }

  #found(cell: WorkCell): readonly Outcome[] {
    return (this.#places.get(keyOf(cell)) ?? []).flatMap(
      (directory) => readOutcome(directory, cell) ?? [],
    );
  }
}

/** What was packed twice has one digest, or a model is not reproducible. */
function checkSameDigest(cell: WorkCell, outcomes: readonly Outcome[]): void {
  const digests = new Set(
    outcomes.flatMap((outcome) => {
      const { digest } =
        ('value' in outcome && (outcome.value as { digest?: unknown } | null)) || {};
      return typeof digest === 'string' ? [digest] : [];
    }),
  );
  if (digests.size <= 1) return;
  throw new VerificationError(
    `two shards came to different results of '${cellName(cell)}': ${[...digests].join(' and ')}`,
    { image: cell.image, ...(cell.of === '*' ? {} : { model: cell.of }) },
    'the model is not reproducible, or a shard was changed: measure one of them with --fresh',
  );
}

function foundIn({ tools, plan }: ShardInfo, outcomes: Outcomes): Found {
  const known = new Map<string, EnteredImage>();
  const image = (id: string): EnteredImage => {
    const entered = known.get(id) ?? (outcomes.value('image', '*', id) as EnteredImage);
    known.set(id, entered);
    return entered;
  };
  const contents = (id: string): Contents => outcomes.value('contents', '*', id) as Contents;
  /** The base of the images has an id that one of them may have as well. */
  const cell = (model: string, { id, digest }: ImageDescriptor): Cell =>
    (plan.images.includes(id) && image(id).image.digest === digest
      ? outcomes.value('cell', model, id)
      : outcomes.value('base', model, '*')) as Cell;
  const cells: Cells = {
    contents: async ({ id }) => contents(id),
    readContents: ({ id }) => orNone(() => contents(id)),
    packed: async (model, wanted) => ({ ...cell(model.id, wanted), image: wanted.id }),
    read: (model, wanted) => orNone(() => ({ ...cell(model.id, wanted), image: wanted.id })),
  };
  return {
    cells,
    image,
    changes: (id) =>
      orNone(() => (outcomes.value('changes', '*', id) as Changes | null) ?? undefined),
    divisions: (id, sweeps: readonly Sweep[]) =>
      sweeps.map(
        ({ serialiser }) => outcomes.value('sweep', serialiser, id) as readonly Division[],
      ),
    reproducibility: (model) =>
      outcomes.value('reproducibility', model, '*') as ReproducibilityResult,
    tools,
  };
}

/** What failed is recorded by who asks for it first; who reads it later finds nothing. */
function orNone<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof BenchError) return undefined;
    throw error;
  }
}

function keyOf({ work, of, image }: WorkCell): string {
  return JSON.stringify([work, of, image]);
}
