import { unpinnedImages } from './datasets/mod.ts';
import { imageOutlook } from './datasets/outlook.ts';
import { Cache } from './images/cache.ts';
import { type ImageDescriptor, layerBytes } from './images/image.ts';
import { isScheduled } from './measures/parallelism.ts';
import { BUDGET_MS, type Rounds } from './measures/rounds.ts';
import { aliasOf, createModel } from './models/mod.ts';
import type { Model } from './models/model.ts';
import { outlineOf, type Plan } from './plan.ts';
import { isComplete } from './results/run-directory.ts';
import { CellStore } from './runs/cell-store.ts';
import { Rates, type Work } from './runs/rates.ts';
import { sweptTogether } from './runs/swept-series.ts';

/** What a run would measure. */
export interface PlannedRun {
  /** `id@sha256:…`; the id alone while images are not pinned. */
  readonly dataset: string;
  /** Ids of images that the first fetch pins. */
  readonly unpinned: readonly string[];
  /** Absolute path; null where it is named after the digest of the dataset, which is not known before all is pinned. */
  readonly directory: string | null;
  /** Nothing of it would be measured again. */
  readonly complete: boolean;
  /** Ids, in series order. */
  readonly images: readonly string[];
  /** Canonical ids, the names of those that have one, and whether their throughput would be timed. */
  readonly models: readonly {
    readonly id: string;
    readonly alias: string | undefined;
    readonly timed: boolean;
  }[];
  /** Canonical ids of chains whose chunks are counted in one pass an image. */
  readonly swept: readonly string[];
  /** Names of the links that transfers are modelled on. */
  readonly links: readonly string[];
  /** Images × models. */
  readonly cells: number;
  /** Of what is timed; null where nothing is. */
  readonly rounds: Rounds | null;
  /** What it would take. */
  readonly estimate: Estimate;
  /** How long the experiment says that what it measures by itself takes, which the estimate has not. */
  readonly takes?: string;
}

/** What a plan would take, as far as that is known before anything is fetched; null: not known. Sizes in bytes. */
export interface Estimate {
  /** In series order. */
  readonly images: readonly ImageEstimate[];
  /** In the order of the plan. */
  readonly models: readonly ModelEstimate[];
  /** What the network would bring: a blob that several images have counts once. */
  readonly fetch: Total;
  /** By how much the cache grows: what is fetched, and layers that are still to be made. */
  readonly disk: Total;
  /** Wall-clock time without fetching, by what the same work took on this machine when it was done last. */
  readonly minutes: Minutes;
}

/** Minutes of work that was done here before, and what was not. */
export interface Minutes {
  /** Of what is not unknown. */
  readonly known: number;
  /** Work that was never done here, of a model or `*`; and images of a size that is not known. */
  readonly unknown: readonly { readonly work: Work | 'size'; readonly of: string }[];
  /** Threads. */
  readonly workers: number;
}

/** The sum of what is known, and the names of what is not. */
export interface Total {
  /** The sum. */
  readonly known: number;
  /** Ids of images. */
  readonly unknown: readonly string[];
}

/** Of one image. */
export interface ImageEstimate {
  /** In the dataset. */
  readonly id: string;
  /** What the network would bring. */
  readonly fetchBytes: number | null;
  /** Uncompressed layers. */
  readonly layerBytes: number | null;
}

/** Of one model. */
export interface ModelEstimate {
  /** Canonical. */
  readonly id: string;
  /** Images to pack. */
  readonly cells: number;
  /** Those of them that the cache has packed already. */
  readonly kept: number;
}

interface Known extends ImageEstimate {
  readonly missing: readonly { readonly digest: string; readonly size: number }[] | undefined;
  readonly image: ImageDescriptor | undefined;
}

/** How a plan is described. */
interface Describing {
  /** Directory of the cache; default as {@link Cache} has it. */
  readonly cache?: string | undefined;
  /** Its directory was asked for, and is not named after what it holds. */
  readonly isNamed: boolean;
  /** As `outlineOf` takes it. */
  readonly wanted?: Parameters<typeof outlineOf>[1] | undefined;
  /** As an experiment has it. */
  readonly takes?: string | undefined;
}

/** A plan as data; nothing is fetched or written. */
export async function describePlan(
  made: Plan,
  { cache, isNamed, wanted, takes }: Describing,
): Promise<PlannedRun> {
  const { dataset, images, models, swept, links, timed } = made;
  const unpinned = unpinnedImages(dataset).map(({ id }) => id);
  const isPinned = unpinned.length === 0;
  return {
    dataset: isPinned ? `${dataset.id}@${dataset.digest}` : dataset.id,
    unpinned,
    directory: isPinned || isNamed ? made.directory : null,
    complete: isPinned && (await isComplete(await outlineOf(made, wanted))),
    images,
    models: models.map((id) => ({ id, alias: aliasOf(id), timed: timed.includes(id) })),
    swept,
    links: links.map(({ name }) => name),
    cells: images.length * models.length,
    rounds: timed.length > 0 ? made.rounds : null,
    estimate: await estimate(made, new Cache(cache)),
    ...(takes === undefined ? {} : { takes }),
  };
}

/** Reads the cache alone: nothing is fetched, packed or written. */
export async function estimate(plan: Plan, cache: Cache): Promise<Estimate> {
  const images: Known[] = [];
  for (const id of plan.images) images.push(await knownOf(plan, id, cache));
  const models = await Promise.all(plan.models.map(createModel));
  const store = new CellStore(cache, { isFresh: plan.fresh });
  const missing = new Map(
    images.flatMap((one) => one.missing ?? []).map((one) => [one.digest, one.size]),
  );
  const fetchBytes = sum([...missing.values()]);
  const unbuilt = images.filter(({ image }) => image === undefined);
  return {
    images: images.map(({ id, fetchBytes, layerBytes }) => ({ id, fetchBytes, layerBytes })),
    models: models.map((model) => ({
      id: model.id,
      cells: images.length,
      kept: images.filter((one) => isKept(store, model, one, images)).length,
    })),
    fetch: { known: fetchBytes, unknown: idsOf(images.filter((one) => one.missing === undefined)) },
    disk: {
      known: fetchBytes + sum(unbuilt.map((one) => one.layerBytes ?? 0)),
      unknown: idsOf(unbuilt.filter((one) => one.layerBytes === null)),
    },
    minutes: minutesOf(plan, models, images, store, new Rates(cache)),
  };
}

async function knownOf({ dataset }: Plan, id: string, cache: Cache): Promise<Known> {
  const { missing, image, layerBytes: length } = await imageOutlook(dataset, id, cache);
  return {
    id,
    missing,
    image,
    fetchBytes: missing ? sum(missing.map(({ size }) => size)) : null,
    layerBytes: (image ? layerBytes(image) : length) ?? null,
  };
}

/** Where an image before it is not there, what deltas and dictionaries are made from is not known. */
function isKept(store: CellStore, model: Model, { image }: Known, all: readonly Known[]): boolean {
  const series = all.map((one) => one.image);
  const before = series.slice(0, series.indexOf(image));
  const isAlone = !model.deltas && !model.isTrained;
  if (!image || !(isAlone || before.every((one) => one !== undefined))) return false;
  return store.has(model, image, [...before.filter((one) => one !== undefined), image]);
}

function minutesOf(
  plan: Plan,
  models: readonly Model[],
  images: readonly Known[],
  store: CellStore,
  rates: Rates,
): Minutes {
  const unknown = new Map<string, Minutes['unknown'][number]>();
  const ms = (
    work: Work,
    of: string,
    { id, layerBytes: bytes }: Known,
    rate = rates.read(work, of),
  ): number => {
    if (rate !== undefined && bytes !== null) return rate * bytes;
    const why = rate === undefined ? { work, of } : { work: 'size' as const, of: id };
    unknown.set(JSON.stringify(why), why);
    return 0;
  };
  const { timed, reproduced, rounds, swept, workers } = plan;
  const isRead = models.length + swept.length > 0;
  const begun = new Set<string>();
  const shared = images.flatMap((one) => [
    ...(isRead && !(one.image && store.hasContents(one.image)) ? [ms('contents', '*', one)] : []),
    ...models
      .filter((model) => !isKept(store, model, one, images))
      .map(({ id }) => {
        const isFirst = !begun.has(id);
        begun.add(id);
        return ms('cell', id, one, rates.readCell(id, isFirst));
      }),
    ...(swept.length > 0 ? [ms('sweep', sweptTogether(plan), one)] : []),
  ]);
  const alone = images
    .slice(0, 1)
    .flatMap((first) => [
      roundsMs(rounds, sum(timed.map((model) => ms('throughput', model, first)))),
      ...timed.filter(isScheduled).map((model) => ms('parallelism', model, first)),
      ...reproduced.map((model) => ms('reproducibility', model, first)),
    ]);
  const known = (sum(shared) / workers + sum(alone)) / 60_000;
  return { known, unknown: [...unknown.values()], workers };
}

/** At most. */
function roundsMs({ least, most }: Rounds, ms: number): number {
  return Math.max(least * ms, Math.min(most * ms, BUDGET_MS));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function idsOf(list: readonly { readonly id: string }[]): readonly string[] {
  return list.map(({ id }) => id);
}
