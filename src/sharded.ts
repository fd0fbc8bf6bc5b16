import type { Dataset } from './datasets/mod.ts';
import { plural } from './format.ts';
import { contextOf, pin, type RunOutcome, type Surroundings } from './library.ts';
import * as pipeline from './pipeline.ts';
import { createPlan, type Plan, type PlanOptions } from './plan.ts';
import { shownPath, wholeProgress } from './progress.ts';
import { writeReport } from './report/mod.ts';
import { measureShard, type ShardCounts } from './runs/shards/measure-shard.ts';
import { type MergedShards, mergeShards } from './runs/shards/merge-shards.ts';
import type { Shard } from './runs/shards/work-cells.ts';
import type { SweptPart } from './runs/swept-series.ts';

/** One run on many machines: what `bench run --shard` and `bench merge` do, as functions. */

/** What became of a shard of a run. */
export interface ShardOutcome extends ShardCounts {
  /** Absolute path of the directory of the shard, which `bench merge` takes. */
  readonly directory: string;
}

/**
 * Measures one of N parts of what `run` would measure, on whichever machine; {@link merge} makes a run of all of them.
 * Each cell, one image by one model, is in exactly one part. Nothing is timed.
 *
 * @param shard number of the part, from 1 to `shards`
 * @throws UsageError, InputError or StorageError before anything is measured; what fails later costs its own cells
 */
export async function runShard(
  options: PlanOptions,
  shard: Shard,
  surroundings: Surroundings = {},
): Promise<ShardOutcome> {
  const prepare = (dataset: Dataset): Promise<Dataset> => pin(dataset, surroundings);
  const made = await createPlan(options, prepare, wholeProgress(surroundings.progress).note);
  const directory = options.directory === undefined ? shardPlace(made, shard) : made.directory;
  return runPlannedShard({ ...made, directory }, shard, surroundings);
}

/** Where a shard is kept that is given no directory: beside where its run would be. */
export function shardPlace({ directory }: Plan, { shard, shards }: Shard): string {
  return `${directory}-shard-${shard}-of-${shards}`;
}

/** As {@link runShard}, of a plan that is made. */
export async function runPlannedShard(
  made: Plan,
  shard: Shard,
  surroundings: Surroundings,
): Promise<ShardOutcome> {
  const progress = wholeProgress(surroundings.progress);
  const { dataset, directory } = made;
  progress.note(`${dataset.id}: shard ${shard.shard}/${shard.shards} → ${shownPath(directory)}`);
  // Times of several machines are not compared.
  const plan = { ...made, timed: [], rounds: { least: 0, most: 0 } };
  const counts = await measureShard(plan, shard, contextOf(dataset, surroundings), progress);
  return { directory, ...counts };
}

/**
 * Makes a run of its shards: its exact records equal, byte for byte, those of the run that was not divided. Images are not
 * needed any more.
 *
 * @param directories of all shards; one may be there more than once
 * @param out path of a new run directory, or of one of the same run
 * @param report as `run` takes it
 * @throws UsageError for shards that are missing, have not ended, or are of different runs or versions; VerificationError where
 * a shard that was measured twice came to two results
 */
export async function merge(
  directories: readonly string[],
  out: string,
  surroundings: Surroundings = {},
  report: (directory: string) => Promise<readonly string[]> = writeReport,
): Promise<RunOutcome> {
  const { directory, failures } = await mergeRecords(mergeShards(directories, out), surroundings);
  return { directory, failures, files: await report(directory) };
}

/** As {@link merge}, without a report. @param part what an experiment counts besides of swept chains */
export async function mergeRecords(
  { plan, found }: MergedShards,
  surroundings: Surroundings,
  part?: SweptPart,
): Promise<Omit<RunOutcome, 'files'>> {
  const progress = wholeProgress(surroundings.progress);
  const { dataset, directory, images, models } = plan;
  const size = `${plural(images.length, 'image')} × ${plural(models.length, 'model')}`;
  progress.note(`${dataset.id}: ${size} → ${shownPath(directory)}`);
  const context = contextOf(dataset, surroundings);
  const failures = await pipeline.run(plan, context, progress, part, found);
  return { directory, failures };
}
