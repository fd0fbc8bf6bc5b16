import { fetchImage } from '../datasets/mod.ts';
import type { FetchContext } from '../datasets/provider.ts';
import { baseOf } from '../images/base.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { aliasOf, createModel } from '../models/mod.ts';
import type { Model } from '../models/model.ts';
import type { Inventory } from '../packers/inventory.ts';
import { CellStore } from '../runs/cell-store.ts';
import { cellBytes, cellGate } from '../runs/memory-gate.ts';
import type { WorkerPool } from '../workers/pool.ts';
import { createPool } from '../workers/pooled.ts';
import type { AttributedBytes, Attribution } from './account.ts';
import { checkSum, ExplainedSeries, type SeriesInput, type StoredImage } from './explain.ts';
import type { HeldImages } from './holder.ts';
import {
  type ChosenClient,
  chooseClient,
  chooseImage,
  chooseModel,
  type Subject,
} from './subject.ts';

/** What to explain. */
export interface ExplainOptions {
  /** The directory of a run; or two images on disk, the older first. */
  readonly inputs: readonly string[];
  /** Id; default the last image. */
  readonly image?: string | undefined;
  /** A preset or chain; of a run one that it measured. Default `per-file`, or the first of the run where it has none. */
  readonly model?: string | undefined;
  /** `none`, `previous`, `all-previous`, `base`, `other-distribution` or `image:ID`; default `previous`, of the first image `none`. */
  readonly client?: string | undefined;
  /** `os/architecture[/variant]`, where the images are there for several. */
  readonly platform?: string | undefined;
  /** Threads; default one a processor. */
  readonly workers?: number;
}

/** As {@link AttributedBytes}, of the image that brought them to the registry. */
export interface StoredBytes extends AttributedBytes {
  /** Id. */
  readonly image: string;
}

/** Where every byte goes that a client transfers to get one image, and that a registry keeps of the series up to it. */
export interface Explanation {
  /** Id. */
  readonly dataset: string;
  /** Of the dataset, `sha256:…`. */
  readonly digest: string;
  /** Id. */
  readonly image: string;
  /** Canonical id. */
  readonly model: string;
  /** Name of the preset, where it has one. */
  readonly alias?: string;
  /** As in records. */
  readonly client: string;
  /** Ids of the images that the client holds; `base` is no image of the dataset where the images share only some layers. */
  readonly holds: readonly string[];
  /** Ids of the images that the registry keeps: the series up to the image. */
  readonly keeps: readonly string[];
  /** Of each image, the diff ids of its layers by number. */
  readonly layers: Readonly<Record<string, readonly string[]>>;
  /** Equals `transfer.bytes`. */
  readonly transferred: Attribution;
  /** Equals `stored.bytes`. */
  readonly stored: Omit<Attribution, 'parts'> & { readonly parts: readonly StoredBytes[] };
}

/** @param subject as `readSubject` found it; its images are fetched where they are not in the cache */
export async function explainSubject(
  subject: Subject,
  options: ExplainOptions,
  workers: number,
  context: FetchContext,
): Promise<Explanation> {
  const model = chooseModel(subject, options.model);
  const image = chooseImage(subject, options.image);
  const wanted = { image, ...chooseClient(subject, image, options.client) };
  const made: Explanation[] = [];
  await explainEach(subject, model, [wanted], workers, context, (one) => made.push(one));
  return made[0]!;
}

/** An image of a series, and who wants it. */
export interface Wanted extends ChosenClient {
  /** Id. */
  readonly image: string;
}

/**
 * Explains images of a series by one model, each for its client: what they have in common is found once.
 *
 * @param subject as in {@link explainSubject}
 * @param id canonical, of the model
 * @param take is given one after another, in the order they are wanted
 */
export async function explainEach(
  { dataset, images: series, records }: Subject,
  id: string,
  wanted: readonly Wanted[],
  workers: number,
  context: FetchContext,
  take: (explanation: Explanation) => void,
): Promise<void> {
  const model = await createModel(id);
  const isWhole = wanted.some(({ holds }) => holds === undefined);
  const needed = new Set(wanted.flatMap(({ image, holds = [] }) => [image, ...holds]));
  const last = isWhole ? series.length : series.findLastIndex((one) => needed.has(one)) + 1;
  const images: ImageDescriptor[] = [];
  for (const one of series.slice(0, last)) images.push(await fetchImage(dataset, one, context));
  const base = wanted.some(({ client }) => client === 'base') ? baseOf(images) : undefined;
  const kept = new CellStore(context.cache);
  const ofModel = records.flatMap((record) =>
    record.model === id && 'value' in record ? [record] : [],
  );
  const layers = Object.fromEntries(
    images.map((one) => [one.id, one.layers.map(({ diffId }) => diffId)]),
  );
  const alias = aliasOf(id);
  const storedOf = new Map<string, Explanation['stored']>();
  const work = async (inventory: SeriesInput['inventory']): Promise<void> => {
    const explained = await ExplainedSeries.of({
      model,
      images,
      inventory,
      digests: (of) => kept.readContents(of),
      busy: (text) => context.progress(text),
    });
    for (const { image, ...chosen } of wanted) {
      const { client } = chosen;
      const made = await explained.explain(image, heldImages(chosen, base));
      const { holds, transferred } = made;
      const stored = storedOf.get(image) ?? joined(made.stored);
      storedOf.set(image, stored);
      checkSum(ofModel, 'transfer.bytes', image, client, transferred.bytes);
      checkSum(ofModel, 'stored.bytes', image, '-', stored.bytes);
      take({
        dataset: dataset.id,
        digest: dataset.digest,
        image,
        model: id,
        ...(alias === undefined ? {} : { alias }),
        client,
        holds,
        keeps: made.stored.map((one) => one.image),
        layers,
        transferred,
        stored,
      });
    }
  };
  await withCells(model, images, workers, context, work, base ? [base] : []);
}

/** What a registry keeps of a series. */
function joined(stored: readonly StoredImage[]): Explanation['stored'] {
  const sum = (key: 'bytes' | 'contentBytes' | 'metadataBytes'): number =>
    stored.reduce((all, one) => all + one[key], 0);
  return {
    bytes: sum('bytes'),
    contentBytes: sum('contentBytes'),
    metadataBytes: sum('metadataBytes'),
    parts: stored
      .flatMap(({ image: from, parts }) => parts.map((part) => ({ image: from, ...part })))
      .sort((a, b) => b.bytes - a.bytes),
  };
}

/** @param base of the series: cells are found by this very object */
function heldImages(
  { client, holds }: ChosenClient,
  base: ImageDescriptor | undefined,
): HeldImages {
  if (holds) return { holds };
  return base && client === 'base' ? { base } : 'other-distribution';
}

/**
 * Gives `work` what the model made of each image: as runs kept it in the cache, else packed and verified now.
 *
 * @param images the series
 * @param others beside it
 */
export async function withCells<Result>(
  model: Model,
  images: readonly ImageDescriptor[],
  workers: number,
  { cache, progress, signal }: FetchContext,
  work: (inventory: (image: ImageDescriptor) => Promise<Inventory>) => Promise<Result>,
  others: readonly ImageDescriptor[] = [],
): Promise<Result> {
  const store = new CellStore(cache, { note: progress });
  const memory = cellGate(workers);
  let pool: WorkerPool | undefined;
  const stop = (): void => void pool?.close();
  signal?.addEventListener('abort', stop);
  const cells = new Map(
    [...new Set([...images, ...others])].map((image) => [
      image,
      store.packed(model, image, images, (input) => {
        progress(`packing ${image.id}`);
        pool ??= createPool(Math.min(workers, images.length));
        const threads = pool;
        return memory.within(cellBytes(image, model), () =>
          threads.call<Inventory>('cell', input, []),
        );
      }),
    ]),
  );
  // The first that fails is thrown where it is asked for.
  for (const cell of cells.values()) cell.catch(() => {});
  try {
    return await work((image) => cells.get(image)!);
  } finally {
    signal?.removeEventListener('abort', stop);
    await pool?.close();
  }
}
