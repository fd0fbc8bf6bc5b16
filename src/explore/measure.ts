import { fetchImage } from '../datasets/mod.ts';
import type { FetchContext } from '../datasets/provider.ts';
import { plural } from '../format.ts';
import { type ImageDescriptor, layerBytes } from '../images/image.ts';
import { limits } from '../limits.ts';
import type { Link } from '../links/mod.ts';
import type { Contents } from '../measures/contents.ts';
import { filesOf, kindOf, sharedFiles } from '../measures/steps.ts';
import { createModel } from '../models/mod.ts';
import type { Plan } from '../plan.ts';
import type { Progress } from '../progress.ts';
import type { KnownKind, SeriesStep } from '../results/steps.ts';
import { CellStore } from '../runs/cell-store.ts';
import { cellBytes, halfOfFree, MemoryGate } from '../runs/memory-gate.ts';
import { declaredKind } from '../runs/steps.ts';
import type { WorkerPool } from '../workers/pool.ts';
import { createPool } from '../workers/pooled.ts';
import type { Space } from './space.ts';
import type { Explored, Unit } from './unit.ts';

/** Measures a design space: units of chains that begin alike, each by one thread, and kept as soon as it has ended. */

export type ExplorePlan = Pick<Plan, 'dataset' | 'images' | 'workers' | 'fresh'> & {
  readonly links: readonly Link[];
  readonly space: Space;
  /** As in {@link Unit}. */
  readonly estimate?: number | undefined;
};

export interface Exploration {
  readonly steps: readonly SeriesStep[];
  /** By canonical id, in the order of the space. */
  readonly explored: ReadonlyMap<string, Explored>;
}

/** Throws where an image cannot be had: a design space is compared over one series. */
export async function measureSpace(
  plan: ExplorePlan,
  context: FetchContext,
  progress: Progress,
): Promise<Exploration> {
  const { space, dataset } = plan;
  const store = new CellStore(context.cache, {
    isFresh: plan.fresh,
    note: (text) => progress.note(text),
  });
  const images: ImageDescriptor[] = [];
  for (const id of plan.images) images.push(await fetchImage(dataset, id, context));
  const what = (model: string): string =>
    JSON.stringify([model, plan.images, plan.links.map(({ name }) => name), plan.estimate]);
  const explored = new Map<string, Explored>();
  const missing: string[] = [];
  for (const { id } of space.models) {
    const kept = store.readFigures<Explored>(what(id), images);
    if (kept) explored.set(id, kept);
    else missing.push(id);
  }
  const units = unitsOf(missing);
  progress.note(
    `${dataset.id}: ${plural(images.length, 'image')} × ${plural(space.models.length, 'model')}, ${plural(units.length, 'unit')} to measure`,
  );
  progress.start(images.length + units.length);
  const pool = createPool(plan.workers);
  const stop = (): void => void pool.close();
  context.signal?.addEventListener('abort', stop);
  try {
    const contents = await contentsOf(images, store, pool, progress);
    // A unit counts the objects of all its packings as well, which the bound of a worker does not.
    const gate = new MemoryGate(halfOfFree());
    await Promise.all(
      units.map(async (models) => {
        const bytes = await unitBytes(models, images);
        const { links, estimate } = plan;
        const how = estimate === undefined ? {} : { estimate };
        const unit: Unit = { images, contents, models, links, ...how };
        const found = await gate.within(bytes, () =>
          pool.call<readonly Explored[]>('explore', unit),
        );
        for (const one of found) {
          explored.set(one.model, one);
          // What failed is tried again.
          if (one.error === undefined) store.keepFigures(what(one.model), images, one);
        }
        progress.step(models[0]!.split('|').slice(0, 2).join('|'));
      }),
    );
    return {
      steps: stepsOf(plan, contents),
      explored: new Map(space.models.map(({ id }) => [id, explored.get(id)!])),
    };
  } finally {
    context.signal?.removeEventListener('abort', stop);
    await pool.close();
    progress.end();
  }
}

async function contentsOf(
  images: readonly ImageDescriptor[],
  store: CellStore,
  pool: WorkerPool,
  progress: Progress,
): Promise<readonly Contents[]> {
  return Promise.all(
    images.map(async (image) => {
      const contents = await store.contents(image, () => pool.call<Contents>('contents', image));
      progress.step(image.id);
      return contents;
    }),
  );
}

/** Chains by serialiser and chunker, those with most chains first: what is left for the end is short. */
function unitsOf(models: readonly string[]): readonly (readonly string[])[] {
  const units = new Map<string, string[]>();
  for (const id of models) {
    const key = id.split('|').slice(0, 2).join('|');
    units.set(key, [...(units.get(key) ?? []), id]);
  }
  return [...units.values()].toSorted((one, other) => other.length - one.length);
}

/** Bytes that one object of a series takes in a fold: its digest and slots, twice, and names of blobs. */
const OBJECT_BYTES = 200;
/** Files of images are about this long: no chunker makes fewer objects than there are files. */
const FILE_BYTES = 16 << 10;

/** What a unit may hold: the image as a cell does, and what the fold of each packing remembers of the series. */
async function unitBytes(
  models: readonly string[],
  images: readonly ImageDescriptor[],
): Promise<number> {
  const largest = images.toSorted((one, other) => layerBytes(other) - layerBytes(one))[0]!;
  const codecs = new Map(models.map((id) => [id.split('|')[2]!, id]));
  const cells = [];
  for (const id of codecs.values()) cells.push(cellBytes(largest, await createModel(id)));
  const bytes = images.reduce((sum, image) => sum + layerBytes(image), 0);
  const packings = new Set(models.map((id) => id.split('|').slice(0, 4).join('|'))).size;
  const objects = bytes / FILE_BYTES;
  return Math.max(limits.cellBytes, ...cells) + packings * objects * OBJECT_BYTES;
}

function stepsOf(
  { dataset, images }: Pick<Plan, 'dataset' | 'images'>,
  contents: readonly Contents[],
): readonly SeriesStep[] {
  const files = contents.map(filesOf);
  return images.slice(1).map((image, before) => {
    const declared = declaredKind(dataset, images[before]!, image);
    const found = kindOf(sharedFiles(files[before + 1]!, files[before]!));
    const kind: KnownKind = declared ?? found ?? 'unknown';
    return { image, kind };
  });
}
