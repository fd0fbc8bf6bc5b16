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

/** The image, with its facts recorded, once a run; undefined where it cannot be had, which fails its cells and no others. */
export async function enterImage(
  { dataset }: Plan,
  id: string,
  { run, context, progress, found }: Surroundings,
  fail: (error: unknown) => void,
): Promise<ImageDescriptor | undefined> {
  const known = run.images.find((image) => image.id === id);
  if (known) return known;
  try {
    const { image, measurements } = found?.image(id) ?? (await fetched(dataset, id, context));
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
