import { availableParallelism } from 'node:os';
import { fetchImage } from './datasets/mod.ts';
import type { FetchContext } from './datasets/provider.ts';
import type { Plan } from './plan.ts';
import { type Progress, Recording } from './recording.ts';
import { createPool } from './workers/pooled.ts';

/**
 *     dataset → images → tree → streams → chunks → objects → packs → transfer → measures → records → report
 *
 * One cell packs one image by one model, restores it, compares, and takes an inventory (models/cell.ts: tree … packs).
 * The books of each model run over the inventories in series order (measures/series.ts: transfer, measures). What is
 * timed comes last, when nothing else runs.
 */
/** Runs a plan into its directory and returns the number of failed cells. What is there already is not measured again. */
export async function run(plan: Plan, context: FetchContext, progress: Progress): Promise<number> {
  const recording = await Recording.open(plan, progress, context.signal);
  try {
    await measureAll(plan, context, recording);
    return recording.finish();
  } finally {
    recording.close();
  }
}

async function measureAll(plan: Plan, context: FetchContext, recording: Recording): Promise<void> {
  const pool = createPool(plan.workers);
  const stop = (): void => void pool.close();
  context.signal?.addEventListener('abort', stop);
  try {
    const cells: Promise<void>[] = [];
    for (const id of plan.images) {
      const image = await recording.fetched(id, () => fetchImage(plan.dataset, id, context));
      if (!image) continue;
      const contents = recording.contents(pool, image);
      contents.catch(() => {});
      cells.push(contents);
      for (const model of plan.models) {
        const cell = recording.cell(pool, image, model);
        // An interrupted run fails many cells at once; the first one met below is thrown, the others are not lost news.
        cell.catch(() => {});
        cells.push(cell);
      }
      // Images are fetched while cells run, but never far ahead: memory must not grow with their number.
      await settleAllBut(cells, 2 * plan.workers);
    }
    await Promise.all(cells);
    await recording.clients(pool);
  } finally {
    context.signal?.removeEventListener('abort', stop);
    await pool.close();
  }
  const probe = recording.probe();
  if (probe) {
    await recording.reproducibility(probe);
    await recording.throughput(probe, workerCounts());
  }
}

async function settleAllBut(cells: readonly Promise<void>[], allowed: number): Promise<void> {
  await Promise.all(cells.slice(0, Math.max(0, cells.length - allowed)));
}

/** 1, 2, 4 … up to the processors of this machine, and that number itself. */
function workerCounts(): readonly number[] {
  const most = availableParallelism();
  const counts: number[] = [];
  for (let count = 1; count < most; count *= 2) counts.push(count);
  return [...counts, most];
}
