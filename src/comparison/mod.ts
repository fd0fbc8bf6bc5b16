import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Explanation } from '../attribution/mod.ts';
import { addImages } from '../datasets/mod.ts';
import { isReferenceWord } from '../datasets/place.ts';
import { SkippedError, UnavailableError, UsageError } from '../errors.ts';
import { explain, run, type Surroundings } from '../library.ts';
import { createView, type View } from '../report/view.ts';
import { readRun } from '../results/read.ts';
import { inScratch } from '../scratch.ts';
import type { Compared } from './compared.ts';
import { comparedModels, compareImages } from './images.ts';
import { compareRuns } from './runs.ts';

export { type Limit, overBudget, readBudget } from './budget.ts';
export { type Compared, comparedMarkdown, comparedText, overGrowth } from './compared.ts';
export { comparedModels } from './images.ts';

/** What to compare. */
export interface CompareOptions {
  /** Two images, on disk or as references to registries, or two run directories; the older first. */
  readonly inputs: readonly string[];
  /** Of images: presets, chains or grids; default {@link comparedModels}. */
  readonly models?: readonly string[];
  /** `os/architecture[/variant]`, where the images are there for several. */
  readonly platform?: string | undefined;
  /** Threads. */
  readonly workers: number;
}

/** What was compared, and the figures of the newer of the two. */
export interface Outcome {
  readonly compared: Compared;
  readonly view: View;
  /** Of two images, whose figures are both in the view: the id of the newer. */
  readonly newer?: string | undefined;
}

/** Throws a UsageError, InputError or StorageError where the inputs are no two images and no two runs. */
export async function compare(options: CompareOptions, around: Surroundings): Promise<Outcome> {
  const [before, after, ...more] = options.inputs;
  if (before === undefined || after === undefined || more.length > 0) {
    throw new UsageError(
      `${options.inputs.length} inputs`,
      {},
      'give two images, or two run directories; for a longer series: bench run a.tar b.tar c.tar',
    );
  }
  const runs = [before, after].filter(isRun);
  if (runs.length === 1) {
    const what = `'${runs[0]}' is a run, and the other is none`;
    throw new UsageError(what, {}, 'give two run directories, or two images');
  }
  return runs.length === 2 ? ofRuns(before, after, options) : ofImages(options, around);
}

function isRun(path: string): boolean {
  return existsSync(join(path, 'run.json'));
}

async function ofRuns(before: string, after: string, { models }: CompareOptions): Promise<Outcome> {
  if (models !== undefined) {
    const what = '--model has no effect on two runs';
    throw new UsageError(what, {}, 'leave it out: the models of both are compared');
  }
  const [older, view] = [await viewOf(before), await viewOf(after)];
  return { compared: compareRuns(older, view), view };
}

async function viewOf(directory: string): Promise<View> {
  const { info, records } = await readRun(directory);
  return createView(info, records);
}

/** The run is a means: its packing summaries stay in the cache, so that the next comparison of these images is quick. */
async function ofImages(
  { inputs, models = comparedModels, platform, workers }: CompareOptions,
  around: Surroundings,
): Promise<Outcome> {
  return inScratch(async (scratch) => {
    const { directory } = await run(
      {
        dataset: await imagesOf(inputs, platform, scratch),
        models,
        workers,
        directory: join(scratch, 'run'),
        ...(platform === undefined || inputs.some(isReferenceWord) ? {} : { platform }),
      },
      around,
      async () => [],
    );
    const view = await viewOf(directory);
    checkBoth(view);
    const explanation = await explained(directory, workers, around);
    return { compared: compareImages(view, explanation), view, newer: view.info.planned[1] };
  });
}

/** Throws an UnavailableError where an image could not be had: then nothing is compared. */
function checkBoth({ info }: View): void {
  const had = new Set(info.images.map(({ id }) => id));
  const missing = info.planned.find((id) => !had.has(id));
  if (missing === undefined) return;
  throw new UnavailableError(
    `${missing} cannot be read, for the reason above: nothing is compared`,
    {},
    'mend it, or name another image',
  );
}

/** What moves is pinned once: references become a manifest, which also says for which platform its images are. */
async function imagesOf(
  inputs: readonly string[],
  platform: string | undefined,
  scratch: string,
): Promise<readonly string[]> {
  if (!inputs.some(isReferenceWord)) return inputs;
  const path = join(scratch, 'images.json');
  await addImages(path, inputs, { platform });
  return [path];
}

/** Models of external programs cannot be divided; then the figures stand alone. */
async function explained(
  directory: string,
  workers: number,
  around: Surroundings,
): Promise<Explanation | undefined> {
  try {
    return await explain({ inputs: [directory], workers }, around);
  } catch (error) {
    if (error instanceof SkippedError) return undefined;
    throw error;
  }
}
