import { fetchImage } from '../datasets/mod.ts';
import type { FetchContext } from '../datasets/provider.ts';
import { locate } from '../errors.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { imageMeasures } from '../measures/image.ts';
import type { Plan } from '../plan.ts';
import type { Progress } from '../progress.ts';
import type { RunDirectory } from '../results/run-directory.ts';
import type { EnteredImage, Found } from './shards/found.ts';

/** Where a run is measured and told of. */
export interface Surroundings {
  readonly run: RunDirectory;
  readonly context: FetchContext;
  readonly progress: Progress;
  /** By shards of the run; absent where all of it is measured here. */
  readonly found?: Found | undefined;
}

/**
 * The images of a plan in its order, as {@link enterImage} has them, but for those that cannot be had. While the caller works at
 * one the next is fetched, so that threads need not wait for it.
 */
export async function* enterImages(
  plan: Plan,
  surroundings: Surroundings,
  fail: (id: string, error: unknown) => void,
): AsyncGenerator<ImageDescriptor> {
  let ahead: Promise<EnteredImage> | undefined;
  for (const [place, id] of plan.images.entries()) {
    const image = await enterImage(plan, id, surroundings, (error) => fail(id, error), ahead);
    ahead = fetchAhead(plan, plan.images[place + 1], surroundings);
    if (image) yield image;
  }
}

/** undefined where there is nothing to fetch. A failure is met when the image is entered. */
function fetchAhead(
  { dataset }: Plan,
  id: string | undefined,
  { run, context, found }: Surroundings,
): Promise<EnteredImage> | undefined {
  if (id === undefined || found || run.images.some((image) => image.id === id)) return undefined;
  const fetching = fetched(dataset, id, context);
  fetching.catch(() => {});
  return fetching;
}

/**
 * The image, with its facts recorded, once a run; undefined where it cannot be had, which fails its cells and no others.
 * @param ahead where it is being fetched already
 */
export async function enterImage(
  { dataset }: Plan,
  id: string,
  { run, context, progress, found }: Surroundings,
  fail: (error: unknown) => void,
  ahead?: Promise<EnteredImage>,
): Promise<ImageDescriptor | undefined> {
  const known = run.images.find((image) => image.id === id);
  if (known) return known;
  try {
    const { image, measurements } =
      found?.image(id) ?? (await (ahead ?? fetched(dataset, id, context)));
    run.record('*', measurements);
    run.enter(image);
    return image;
  } catch (error) {
    context.signal?.throwIfAborted();
    progress.note(`${id}: ${String(locate(error, { image: id }))}`);
    fail(error);
    return undefined;
  }
}

async function fetched(
  dataset: Plan['dataset'],
  id: string,
  context: FetchContext,
): Promise<EnteredImage> {
  const image = await fetchImage(dataset, id, context);
  return { image, measurements: imageMeasures(image) };
}
