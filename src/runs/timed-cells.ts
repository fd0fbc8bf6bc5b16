import { availableParallelism } from 'node:os';
import { plural } from '../format.ts';
import { round } from '../measures/measurement.ts';
import { measureReproducibility } from '../measures/reproducibility.ts';
import {
  isEmpty,
  measureThroughput,
  noiseFloor,
  OPERATIONS,
  throughputMeasures,
} from '../measures/throughput.ts';
import { aliasOf } from '../models/mod.ts';
import type { Plan } from '../plan.ts';
import type { Progress } from '../progress.ts';
import { repetitionsOf } from '../results/record.ts';
import type { RunDirectory } from '../results/run-directory.ts';
import type { Surroundings } from './enter-image.ts';
import type { PackedSeries } from './packed-series.ts';
import { measureParallelisms } from './parallel-cells.ts';
import { Rates } from './rates.ts';
import { totalMeasures } from './total-time.ts';
import { buildMeasures } from './update-time.ts';

export interface TimingSurroundings extends Surroundings {
  readonly packed: PackedSeries;
}

/** What is measured of one image, the first that could be had, when nothing else of the run is at work. */
export async function measureFirstImage(
  plan: Plan,
  surroundings: TimingSurroundings,
): Promise<void> {
  await measureReproducibilities(plan, surroundings);
  await measureThroughputs(plan, surroundings);
  await measureParallelisms(plan, surroundings, workerCounts());
  const { run } = surroundings;
  for (const model of plan.timed) {
    run.record(model, totalMeasures(run.records, model));
    run.record(model, buildMeasures(run.records, model));
  }
}

async function measureReproducibilities(
  plan: Plan,
  { run, packed, context, progress }: TimingSurroundings,
): Promise<void> {
  const [image] = run.images;
  if (!image) return;
  const rates = new Rates(context.cache);
  for (const model of plan.reproduced) {
    const digest = packed.digestOf(image.id, model);
    if (digest === undefined || run.has(model, image.id, 'reproducibility.distinct_digests')) {
      progress.more(-1);
      continue;
    }
    try {
      const start = performance.now();
      const result = await measureReproducibility(image, model, digest, context.signal);
      rates.keep('reproducibility', model, image, performance.now() - start);
      run.record(model, result.measurements);
      if (result.skipped !== undefined) {
        run.skip(model, image.id, 'reproducibility.runtime_digests', result.skipped);
      }
    } catch (error) {
      context.signal?.throwIfAborted();
      run.fail(model, image.id, error);
    }
    progress.step(`reproducibility of ${aliasOf(model) ?? model}`);
  }
}

async function measureThroughputs(
  { timed, repeat }: Plan,
  { run, packed, context, progress }: TimingSurroundings,
): Promise<void> {
  const [image] = run.images;
  if (!image) return;
  const hasFailed = (model: string): boolean =>
    run.records.some(
      (one) => 'error' in one && one.model === model && one.measure === 'throughput.pack',
    );
  forgetFewer(timed, repeat, run, progress);
  const models = timed.filter(
    (model) =>
      packed.digestOf(image.id, model) !== undefined &&
      (!run.has(model, image.id, 'throughput.pack', { workers: 1 }) || hasFailed(model)),
  );
  const workers = workerCounts();
  progress.more((models.length - timed.length) * workers.length * repeat);
  if (models.length === 0) return;
  const look = (): void => run.look();
  const plan = { image, models, workers, repeat, signal: context.signal, look };
  const spent = new Map<string, number>();
  let last = performance.now();
  const cells = await measureThroughput(plan, (model, count) => {
    const now = performance.now();
    spent.set(model, (spent.get(model) ?? 0) + now - last);
    last = now;
    progress.step(`throughput of ${aliasOf(model) ?? model}, workers: ${count}`);
  });
  const rates = new Rates(context.cache);
  for (const [model, ms] of spent) rates.keep('throughput', model, image, ms / repeat);
  for (const model of models) {
    const own = cells.filter((cell) => cell.model === model);
    run.record(model, throughputMeasures(image.id, own));
    run.settle(model, image.id, 'throughput.pack');
    const failed = own.find((cell) => cell.error !== undefined);
    if (failed) run.fail(model, image.id, failed.error, 'throughput.pack');
    else if (isEmpty(own)) {
      const why = 'there is nothing to pack: the image has no bytes';
      run.skip(model, image.id, 'throughput.pack', why);
    }
  }
  for (const operation of OPERATIONS) {
    const noise = noiseFloor(cells, operation);
    if (noise === undefined) continue;
    const measure = `throughput.${operation}_noise_floor` as const;
    const value = round(noise);
    run.record('*', [{ image: image.id, client: '-', measure, value, n: repeat }]);
  }
}

/** Figures of one table have the same number of repetitions: where more are asked for than there are, all are timed again. */
function forgetFewer(
  timed: readonly string[],
  repeat: number,
  run: RunDirectory,
  progress: Progress,
): void {
  const counts = run.records.flatMap((one) =>
    'value' in one && one.measure === 'throughput.pack' && timed.includes(one.model)
      ? repetitionsOf(one)
      : [],
  );
  const least = Math.min(...counts);
  if (least >= repeat) return;
  progress.note(`timed with ${plural(least, 'repetition')}, not ${repeat}: timed again`);
  run.forget(
    ({ model, measure }) =>
      (model === '*' || timed.includes(model)) &&
      (measure.startsWith('throughput.') || measure === 'transfer.total_ms'),
  );
}

/** 1, 2, 4 … up to the processors of this machine, and that number itself. */
export function workerCounts(): readonly number[] {
  const most = availableParallelism();
  const counts: number[] = [];
  for (let count = 1; count < most; count *= 2) counts.push(count);
  return [...counts, most];
}
