import { fetchImage } from '../datasets/mod.ts';
import type { FetchContext } from '../datasets/provider.ts';
import { baseOf } from '../images/base.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { aliasOf, createModel } from '../models/mod.ts';
import type { Model } from '../models/model.ts';
import type { Inventory } from '../packers/inventory.ts';
import { CellStore } from '../runs/cell-store.ts';
import { cellBytes, MemoryGate } from '../runs/memory-gate.ts';
import type { WorkerPool } from '../workers/pool.ts';
import { createPool } from '../workers/pooled.ts';
import type { AttributedBytes, Attribution } from './account.ts';
import { checkSum, explainImage } from './explain.ts';
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
  const id = chooseModel(subject, options.model);
  const image = chooseImage(subject, options.image);
  const chosen = chooseClient(subject, image, options.client);
  const model = await createModel(id);
  const needed = chosen.holds && new Set([image, ...chosen.holds]);
  const last = needed ? subject.images.findLastIndex((one) => needed.has(one)) : undefined;
  const images: ImageDescriptor[] = [];
  for (const one of subject.images.slice(0, last === undefined ? undefined : last + 1)) {
    images.push(await fetchImage(subject.dataset, one, context));
  }
  const held = heldImages(chosen, images);
  const kept = new CellStore(context.cache);
  const packed = typeof held === 'object' && 'base' in held ? [held.base] : [];
  const { holds, transferred, stored } = await withCells(
    model,
    images,
    workers,
    context,
    (inventory) =>
      explainImage({
        model,
        images,
        image,
        held,
        inventory,
        digests: (of) => kept.readContents(of),
        busy: (text) => context.progress(text),
      }),
    packed,
  );
  const ofModel = subject.records.flatMap((record) =>
    record.model === id && 'value' in record ? [record] : [],
  );
  const sum = (key: 'bytes' | 'contentBytes' | 'metadataBytes'): number =>
    stored.reduce((all, one) => all + one[key], 0);
  checkSum(ofModel, 'transfer.bytes', image, chosen.client, transferred.bytes);
  checkSum(ofModel, 'stored.bytes', image, '-', sum('bytes'));
  const alias = aliasOf(id);
  return {
    dataset: subject.dataset.id,
    digest: subject.dataset.digest,
    image,
    model: id,
    ...(alias === undefined ? {} : { alias }),
    client: chosen.client,
    holds,
    keeps: stored.map((one) => one.image),
    layers: Object.fromEntries(
      images.map((one) => [one.id, one.layers.map(({ diffId }) => diffId)]),
    ),
    transferred,
    stored: {
      bytes: sum('bytes'),
      contentBytes: sum('contentBytes'),
      metadataBytes: sum('metadataBytes'),
      parts: stored
        .flatMap(({ image: from, parts }) => parts.map((part) => ({ image: from, ...part })))
        .sort((a, b) => b.bytes - a.bytes),
    },
  };
}

function heldImages(
  { client, holds }: ChosenClient,
  images: readonly ImageDescriptor[],
): HeldImages {
  if (holds) return { holds };
  return client === 'base' ? { base: baseOf(images) } : 'other-distribution';
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
  const memory = new MemoryGate();
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
