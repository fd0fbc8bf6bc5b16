import type { ImageDescriptor } from '../images/image.ts';
import type { Contents } from '../measures/contents.ts';
import {
  type FileTable,
  filesOf,
  type SharedFiles,
  type StepKind,
  sharedFiles,
  stepMeasures,
} from '../measures/steps.ts';
import type { Plan } from '../plan.ts';
import type { RunDirectory } from '../results/run-directory.ts';
import type { PackingSurroundings } from './packed-series.ts';
import type { Cells } from './shards/found.ts';

/**
 * Records what each step of a series is: once an image, whatever the model. A step against an image that is missing, or that
 * cannot be read, has no kind, and says why.
 * @param read what an image holds; undefined where it cannot be read
 */
export async function recordSteps(
  { dataset, images: planned }: Pick<Plan, 'dataset' | 'images'>,
  run: Pick<RunDirectory, 'images' | 'record' | 'skip'>,
  read: (image: ImageDescriptor) => Contents | undefined | Promise<Contents | undefined>,
): Promise<void> {
  const had = new Map(run.images.map((image) => [image.id, image]));
  /** One image ahead, and no further: what images hold is large. */
  const begin = async (number: number): Promise<Contents | undefined> => {
    const image = had.get(planned[number] ?? '');
    return image && (await read(image));
  };
  let next = begin(0);
  let before: FileTable | undefined;
  for (const [number, id] of planned.entries()) {
    const reading = next;
    next = begin(number + 1);
    // The first failure is thrown when its turn comes.
    next.catch(() => {});
    const contents = await reading;
    const files = contents && filesOf(contents);
    const last = planned[number - 1];
    const shared = files && before && sharedFiles(files, before);
    if (last !== undefined && had.has(id)) {
      const declared = had.has(last) ? declaredKind(dataset, last, id) : undefined;
      const measured = stepMeasures(id, shared, declared);
      run.record('*', measured);
      if (!measured.some(({ measure }) => measure === 'step.kind')) {
        run.skip('*', id, 'step.kind', whyNone(last, had.has(last), shared));
      }
    }
    before = files;
  }
}

function whyNone(last: string, isThere: boolean, shared: SharedFiles | undefined): string {
  if (!isThere) return `${last} before it is missing`;
  return shared ? 'neither image has a byte in files' : 'one of its two images could not be read';
}

/** Where images are left out, a step is another one than that declared. */
export function declaredKind(
  { images }: Pick<Plan['dataset'], 'images'>,
  from: string,
  to: string,
): StepKind | undefined {
  const place = images.findIndex(({ id }) => id === to);
  return images[place - 1]?.id === from ? images[place]?.step : undefined;
}

/** What images hold, for a run that packs nothing: from the store, or taken now. */
export function takingContents(
  store: Cells,
  { pool, context, progress, pace }: PackingSurroundings,
): (image: ImageDescriptor) => Promise<Contents | undefined> {
  return async (image) => {
    try {
      return await store.contents(image, () =>
        pool.call<Contents>('contents', image, [], (ms) => pace.keep('contents', '*', image, ms)),
      );
    } catch (error) {
      context.signal?.throwIfAborted();
      progress.note(String(error));
      return undefined;
    } finally {
      pace.settle('contents', '*', image.id);
    }
  };
}
