import { fetchImage } from '../src/datasets/mod.ts';
import type { FetchContext } from '../src/datasets/provider.ts';
import type { ImageDescriptor } from '../src/images/image.ts';
import { closeImage, openImage, openLatest } from '../src/images/open.ts';
import { takeContents } from '../src/measures/contents.ts';
import type { Plan } from '../src/plan.ts';
import { createView } from '../src/report/view.ts';
import { busyReason } from '../src/results/machine.ts';
import type { Run } from '../src/results/read.ts';
import { stepsOf } from '../src/results/steps.ts';
import { CellStore } from '../src/runs/cell-store.ts';
import { changedSteps, type Records, readable, updatesOf } from './records.ts';

/** The records of a run as experiments and claims read them, and its images. */

/** What claims take from images by themselves. */
export interface ImagesOfRun {
  fetch(image: string): Promise<ImageDescriptor>;
  /** @param what names all that decides the figures, images by their contents */
  kept<T extends object>(what: string, take: () => Promise<T>): Promise<T>;
}

/** Images of a plan, and figures kept in the cache. */
export function imagesOfPlan(
  { dataset, fresh }: Pick<Plan, 'dataset' | 'fresh'>,
  context: FetchContext,
): ImagesOfRun {
  // Its bytes are digested whenever it is had: once is enough for all claims.
  const fetched = new Map<string, Promise<ImageDescriptor>>();
  const fetch = (image: string): Promise<ImageDescriptor> => {
    const known = fetched.get(image) ?? fetchImage(dataset, image, context);
    fetched.set(image, known);
    return known;
  };
  const store = new CellStore(context.cache, { isFresh: fresh });
  return {
    fetch,
    async kept<T extends object>(what: string, take: () => Promise<T>): Promise<T> {
      const known = store.readFigures<T>(`claim ${what}`, []);
      if (known) return known;
      const made = await take();
      store.keepFigures(`claim ${what}`, [], made);
      return made;
    },
  };
}

/** @param observed findings of its experiment; default those that are kept */
export function recordsOf(
  { info, records: found, verdict }: Run,
  { fetch, kept }: ImagesOfRun,
  observed: Records['observed'] = verdict?.observed ?? [],
): Records {
  const view = createView(info, found);
  const steps = changedSteps(info, found);
  // The run says what its images hold: they need not be had for figures that are kept.
  const digests = new Map(info.images.map(({ id, digest }) => [id, digest]));
  return {
    ...readable(
      view.records,
      info.images.map(({ id }) => id),
      info.models.map(({ id }) => id),
    ),
    steps,
    starts: stepsOf(info.planned, found).flatMap(({ image, kind }) =>
      kind === 'start' ? [image] : [],
    ),
    updates: updatesOf(steps),
    view,
    busy: busyReason(info.environment),
    observed,
    kept(what, ids, take) {
      const contents = ids.map((id) => digests.get(id) ?? id);
      return kept(JSON.stringify([info.dataset.digest, what, contents]), take);
    },
    contents: async (image) => takeContents(openLatest(await fetch(image))),
    async withImage(id, work) {
      const image = openImage(await fetch(id));
      try {
        return await work(image);
      } finally {
        closeImage(image);
      }
    },
  };
}
