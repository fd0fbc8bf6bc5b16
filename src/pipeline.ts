import { checkMirror } from './datasets/debian/mirror-needed.ts';
import type { FetchContext } from './datasets/provider.ts';
import type { ImageDescriptor } from './images/image.ts';
import { isScheduled } from './measures/parallelism.ts';
import { createModel } from './models/mod.ts';
import { toolsOf } from './models/model.ts';
import { outlineOf, type Plan } from './plan.ts';
import type { Progress } from './progress.ts';
import { RunDirectory, type RunOutline } from './results/run-directory.ts';
import { changesOf, recordAvalanche } from './runs/avalanche.ts';
import { CellStore } from './runs/cell-store.ts';
import { Pace } from './runs/pace.ts';
import { PackedSeries, type PackingSurroundings } from './runs/packed-series.ts';
import type { Cells, Found } from './runs/shards/found.ts';
import { recordSteps, takingContents } from './runs/steps.ts';
import { type SweptPart, sweepSeries } from './runs/swept-series.ts';
import { measureFirstImage, workerCounts } from './runs/timed-cells.ts';
import type { WorkerPool } from './workers/pool.ts';
import { createPool } from './workers/pooled.ts';

/**
 *     dataset → images → tree → streams → chunks → objects → packs → transfer → measures → records → report
 *
 * One cell packs one image by one model, restores it, compares, and sums up what it found (models/cell.ts: tree … packs).
 * The fold of each model runs over these in series order (measures/fold.ts: transfer, measures). What is timed comes last,
 * when nothing else runs.
 */
/**
 * Runs a plan into its directory and returns the number of failed cells. What is there already is not measured again.
 * @param part what is counted besides of the chunks of swept chains
 * @param found by shards of the run: nothing is fetched or packed here then
 */
export async function run(
  plan: Plan,
  context: FetchContext,
  progress: Progress,
  part?: SweptPart,
  found?: Found,
): Promise<number> {
  if (!found) await checkMirror(plan.dataset, plan.images, context);
  return inDirectory(await outlineOf(plan), progress, async (directory) => {
    const pace = new Pace(plan, context.cache);
    progress.start(stepsOf(plan), () => pace.leftMs());
    // Chains are timed apart; with models of external programs the cells themselves hold processor time.
    if (!found && plan.models.some((id) => !id.includes('|'))) directory.machine.checkAndCount();
    const packed = await withPool(plan, context, async (pool) => {
      const surroundings = { run: directory, pool, context, progress, pace, found };
      const store =
        found?.cells ??
        new CellStore(context.cache, {
          isFresh: plan.fresh,
          note: (text) => progress.note(text),
        });
      const series = await packSeries(plan, store, surroundings);
      if (plan.swept.length > 0) await sweepSeries(plan, surroundings, part);
      const isPacked = plan.models.length > 0;
      const read = isPacked
        ? (image: ImageDescriptor) => store.readContents(image)
        : takingContents(store, surroundings);
      await recordSteps(plan, directory, read);
      if (isPacked) {
        recordAvalanche(plan, directory, (last, image) =>
          found
            ? found.changes(image.id)
            : changesOf(last, image, (one) => store.readContents(one)),
        );
      }
      return series;
    });
    // The reader need not wait for the times.
    if (plan.timed.length + plan.reproduced.length > 0) await progress.exact?.();
    await measureFirstImage(plan, { run: directory, packed, context, progress, pace, found });
  });
}

/** Cells, clients of each model, images that are swept, and what is timed: all that progress is told of. */
function stepsOf({ images, models, swept, reproduced, timed, rounds }: Plan): number {
  const once = (images.length + 1) * models.length + (swept.length > 0 ? images.length : 0);
  const throughput = timed.length * workerCounts().length * rounds.least;
  return once + reproduced.length + throughput + timed.filter(isScheduled).length;
}

/** Opens a run directory for some work, and closes it whatever comes of it. Returns the number of failed cells. */
export async function inDirectory(
  outline: RunOutline,
  progress: Progress,
  work: (run: RunDirectory) => Promise<void>,
): Promise<number> {
  const directory = RunDirectory.open(outline, (text) => progress.note(text));
  try {
    await work(directory);
    const failures = directory.finish();
    progress.failed?.(failures);
    return failures;
  } finally {
    progress.end();
    directory.close();
  }
}

async function packSeries(
  plan: Plan,
  store: Cells,
  surroundings: PackingSurroundings,
): Promise<PackedSeries> {
  const { run: directory } = surroundings;
  const models = await Promise.all(plan.models.map(createModel));
  directory.describeTools(surroundings.found?.tools ?? toolsOf(models));
  const series = new PackedSeries(plan, models, store, surroundings);
  if (models.length > 0) await series.measure();
  return series;
}

async function withPool<T>(
  { workers }: Plan,
  { signal }: FetchContext,
  work: (pool: WorkerPool) => Promise<T>,
): Promise<T> {
  const pool = createPool(workers);
  const stop = (): void => void pool.close();
  signal?.addEventListener('abort', stop);
  try {
    return await work(pool);
  } finally {
    signal?.removeEventListener('abort', stop);
    await pool.close();
  }
}
