import { imageOutlook } from './datasets/outlook.ts';
import type { Cache } from './images/cache.ts';
import { type ImageDescriptor, layerBytes } from './images/image.ts';
import { createModel } from './models/mod.ts';
import type { Model } from './models/model.ts';
import type { Plan } from './plan.ts';
import { CellStore } from './runs/cell-store.ts';
import { Rates, type Work } from './runs/rates.ts';
import { sweptTogether } from './runs/swept-series.ts';

/** What a plan would take, as far as that is known before anything is fetched; null: not known. Sizes in bytes. */
export interface Estimate {
  readonly images: readonly ImageEstimate[];
  readonly models: readonly ModelEstimate[];
  /** What the network would bring: a blob that several images have counts once. */
  readonly fetch: Total;
  /** By how much the cache grows: what is fetched, and layers that are still to be made. */
  readonly disk: Total;
  /** Wall-clock time without fetching, by what the same work took on this machine when it was done last. */
  readonly minutes: Minutes;
}

export interface Minutes {
  readonly known: number;
  /** Work that was never done here, of a model or `*`; and images of a size that is not known. */
  readonly unknown: readonly { readonly work: Work | 'size'; readonly of: string }[];
  readonly workers: number;
}

/** The sum of what is known, and the names of what is not. */
export interface Total {
  readonly known: number;
  readonly unknown: readonly string[];
}

export interface ImageEstimate {
  readonly id: string;
  readonly fetchBytes: number | null;
  /** Uncompressed layers. */
  readonly layerBytes: number | null;
}

export interface ModelEstimate {
  readonly id: string;
  /** Images to pack, and those of them that the cache has packed already. */
  readonly cells: number;
  readonly kept: number;
}

interface Known extends ImageEstimate {
  readonly missing: readonly { readonly digest: string; readonly size: number }[] | undefined;
  readonly image: ImageDescriptor | undefined;
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
  const ms = (work: Work, of: string, { id, layerBytes: bytes }: Known): number => {
    const rate = rates.read(work, of);
    if (rate !== undefined && bytes !== null) return rate * bytes;
    const why = rate === undefined ? { work, of } : { work: 'size' as const, of: id };
    unknown.set(JSON.stringify(why), why);
    return 0;
  };
  const { timed, reproduced, repeat, swept, workers } = plan;
  const isRead = models.length > 0;
  const shared = images.flatMap((one) => [
    ...(isRead && !(one.image && store.hasContents(one.image)) ? [ms('contents', '*', one)] : []),
    ...models
      .filter((model) => !isKept(store, model, one, images))
      .map(({ id }) => ms('cell', id, one)),
    ...(swept.length > 0 ? [ms('sweep', sweptTogether(plan), one)] : []),
  ]);
  const alone = images
    .slice(0, 1)
    .flatMap((first) => [
      ...timed.map((model) => repeat * ms('throughput', model, first)),
      ...reproduced.map((model) => ms('reproducibility', model, first)),
    ]);
  const known = (sum(shared) / workers + sum(alone)) / 60_000;
  return { known, unknown: [...unknown.values()], workers };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function idsOf(list: readonly { readonly id: string }[]): readonly string[] {
  return list.map(({ id }) => id);
}
