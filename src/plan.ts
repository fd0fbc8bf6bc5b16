import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { type Dataset, openDataset } from './datasets/mod.ts';
import { UsageError } from './errors.ts';
import { findMember } from './ids.ts';
import { limits } from './limits.ts';
import { type Link, resolveLinks } from './links/mod.ts';
import { isScheduled } from './measures/parallelism.ts';
import { adaptiveRounds, type Rounds } from './measures/rounds.ts';
import { aliasOf, createModel, defaultModels, resolveModels, timedModels } from './models/mod.ts';
import { pluginIdentities } from './plugin-files.ts';
import { identityDigest, joined } from './results/identity.ts';
import { describeDataset, describeModel, type RunModel, runLinks } from './results/run.ts';
import { identityOf, type RunOutline } from './results/run-directory.ts';
import { checkIsDirectory } from './targets.ts';

export const DEFAULT_DATASET = 'debian-updates';

/** What is to be measured, as plain data: made from a command line, by a script, or by an experiment. */
export interface PlanOptions {
  /** Name, manifest file or image on disk, or several such images as a series in that order; default {@link DEFAULT_DATASET}. */
  readonly dataset?: string | readonly string[];
  /** `os/architecture[/variant]` of images on disk that are chosen by it; default that of this machine. */
  readonly platform?: string;
  /** Ids of images; default all of the dataset. */
  readonly images?: readonly string[];
  /** Presets, chains, grids or `all`, to be packed; default where nothing is swept either: {@link defaultModels}. */
  readonly models?: readonly string[];
  /** Chains and grids without compression, whose chunks are counted in one pass a serialiser. */
  readonly swept?: readonly string[];
  /** Names of links, `default` or `all`; default `default`. */
  readonly links?: readonly string[];
  /** Threads; default one a processor. */
  readonly workers?: number;
  /** Repetitions of each timed cell, or as many as it takes to tell models apart; default none. */
  readonly repeat?: number | 'adaptive';
  /** Packs under varied conditions as well; default not. */
  readonly reproducibility?: boolean;
  /** Name of the experiment that asks. */
  readonly experiment?: string;
  /** Where the run is kept; default below `reports/`, by a name that tells runs apart. */
  readonly directory?: string;
  /** Adds to the run that the directory holds. */
  readonly extend?: boolean;
  /** Uses nothing that was measured before, and replaces what the directory holds of it. */
  readonly fresh?: boolean;
}

/** What a run measures, and where it is kept: every name resolved. */
export interface Plan {
  readonly experiment?: string;
  readonly dataset: Dataset;
  /** Image ids in series order. */
  readonly images: readonly string[];
  /** Canonical ids of the models that are packed, and of the chains that are swept. */
  readonly models: readonly string[];
  readonly swept: readonly string[];
  readonly links: readonly Link[];
  readonly workers: number;
  /** Models whose throughput and reproducibility are measured: canonical ids. */
  readonly timed: readonly string[];
  readonly reproduced: readonly string[];
  /** In each of them every timed cell is timed once. */
  readonly rounds: Rounds;
  readonly directory: string;
  readonly extend: boolean;
  readonly fresh: boolean;
}

/**
 * Options → plan. Everything that can be wrong with them is found here, before anything is fetched.
 * @param prepare the dataset, where it has to be pinned first
 * @param note told how a dataset was read that may be meant otherwise
 */
export async function createPlan(
  options: PlanOptions,
  prepare: (dataset: Dataset) => Dataset | Promise<Dataset> = (dataset) => dataset,
  note: (text: string) => void = () => {},
): Promise<Plan> {
  const { experiment, repeat = 0, reproducibility = false } = options;
  const { extend = false, fresh = false } = options;
  const isDefault = options.models === undefined && options.swept === undefined;
  const asked = resolveModels(isDefault ? defaultModels : (options.models ?? []));
  const swept = resolveModels(options.swept ?? []);
  const links = resolveLinks(options.links ?? ['default']);
  const dataset = await prepare(
    await openDataset([options.dataset ?? DEFAULT_DATASET].flat(), {
      note,
      platform: options.platform,
    }),
  );
  // A sweep of chunk sizes is about bytes; time is measured for formats somebody uses, or that were asked for by name.
  const timed = isDefault
    ? resolveModels(timedModels)
    : asked.length <= 8
      ? asked
      : asked.filter(aliasOf);
  const plan: Plan = {
    ...(experiment === undefined ? {} : { experiment }),
    dataset,
    images: chooseImages(dataset, options.images ?? []),
    models: asked,
    swept,
    links: asked.length > 0 || isDefault ? links : [],
    workers: threadCount(options.workers),
    timed: repeat === 0 ? [] : timed,
    reproduced: reproducibility ? timed : [],
    rounds: roundsOf(repeat, timed.length),
    directory: '',
    extend,
    fresh,
  };
  if (options.directory === undefined) return { ...plan, directory: await defaultDirectory(plan) };
  const directory = resolve(options.directory);
  checkIsDirectory(directory);
  return extend ? extended({ ...plan, directory }) : { ...plan, directory };
}

/** What the run directory of a plan is opened for. */
export async function outlineOf(
  plan: Plan,
  wanted: RunOutline['wanted'] = [],
): Promise<RunOutline> {
  const { experiment, dataset, images, models, swept, links, timed, reproduced, rounds } = plan;
  const { directory, extend, fresh, workers } = plan;
  // An experiment with neither chooses for itself.
  const isPacked = swept.length + models.length > 0;
  return {
    directory,
    extend,
    fresh,
    workers,
    ...(experiment === undefined ? {} : { experiment }),
    dataset: describeDataset(dataset),
    plugins: pluginIdentities(),
    titles: new Map(dataset.images.map(({ id, title }) => [id, title])),
    planned: images,
    ...(isPacked
      ? { models: await describeModels([...swept, ...models]), links: runLinks(links) }
      : {}),
    wanted: [
      ...wanted,
      ...timed.map((id) => [id, 'throughput.pack', rounds.least] as const),
      ...timed.filter(isScheduled).map((id) => [id, 'parallel.pack_work_ms'] as const),
      ...reproduced.map((id) => [id, 'reproducibility.distinct_digests'] as const),
    ],
  };
}

/** As `run.json` lists models. */
export async function describeModels(ids: readonly string[]): Promise<readonly RunModel[]> {
  const models: RunModel[] = [];
  for (const id of ids) {
    models.push(describeModel(await createModel(id), aliasOf(id)));
  }
  return models;
}

function roundsOf(repeat: number | 'adaptive', models: number): Rounds {
  return repeat === 'adaptive' ? adaptiveRounds(models) : { least: repeat, most: repeat };
}

/** As asked for, or one a processor. */
export function threadCount(asked: number = availableParallelism()): number {
  if (Number.isInteger(asked) && asked >= 1 && asked <= limits.workers) return asked;
  throw new UsageError(`${asked} threads`, {}, `give a number from 1 to ${limits.workers}`);
}

/** Ids of the dataset's images, in its order: all, or those that are wanted. Throws a UsageError for one that it has not. */
export function chooseImages(dataset: Dataset, wanted: readonly string[]): readonly string[] {
  const known = dataset.images.map((image) => ({ name: image.id }));
  if (wanted.length === 0) return known.map(({ name }) => name);
  const chosen = new Set(wanted.map((id) => findMember('image', known, id).name));
  return known.map(({ name }) => name).filter((name) => chosen.has(name));
}

/** The same plan has the same directory: running it again resumes it. */
async function defaultDirectory(plan: Plan): Promise<string> {
  const { experiment, dataset } = plan;
  const digest = identityDigest(await outlineOf(plan));
  return resolve(join('reports', [experiment, dataset.id, digest].filter(Boolean).join('-')));
}

/** With what the run in its directory has already: that stays, and what is asked for is added. */
function extended(plan: Plan): Plan {
  const known = identityOf(plan.directory);
  // Another experiment or dataset is refused when the directory is opened.
  if (!known || known.experiment !== plan.experiment) return plan;
  if (known.dataset.digest !== plan.dataset.digest) return plan;
  const asked = new Set([...known.planned, ...plan.images]);
  const images = plan.dataset.images.map(({ id }) => id).filter((id) => asked.has(id));
  const inserted = images.slice(0, known.planned.length).find((id) => !known.planned.includes(id));
  if (inserted !== undefined) {
    throw new UsageError(
      `image ${inserted} comes before one that the run has`,
      {},
      'what was timed of the later ones would no longer hold: give another --out, or --fresh',
    );
  }
  // What chooses its models by itself goes by no list of them.
  if (plan.models.length + plan.swept.length === 0) return { ...plan, images };
  const there = known.models.map(({ id }) => id).filter((id) => !plan.swept.includes(id));
  const links = joined(
    known.links.map(({ id }) => id),
    plan.links.map(({ name }) => name),
  );
  return { ...plan, images, models: joined(there, plan.models), links: resolveLinks(links) };
}
