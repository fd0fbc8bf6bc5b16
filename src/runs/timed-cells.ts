import { availableParallelism } from 'node:os';
import { formatNumber, plural } from '../format.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { listed } from '../listed.ts';
import { factsOf } from '../measures/measurement.ts';
import { measureReproducibility } from '../measures/reproducibility.ts';
import { BUDGET_MS, REPEATED_BUDGET_MS, type Rounds } from '../measures/rounds.ts';
import {
  EVERY,
  isEmpty,
  measureThroughput,
  noiseMeasures,
  packInChild,
  throughputMeasures,
} from '../measures/throughput.ts';
import { aliasOf } from '../models/mod.ts';
import type { Plan } from '../plan.ts';
import type { Progress } from '../progress.ts';
import { repetitionsOf } from '../results/record.ts';
import type { RunDirectory } from '../results/run-directory.ts';
import type { Surroundings } from './enter-image.ts';
import type { Pace } from './pace.ts';
import type { PackedSeries } from './packed-series.ts';
import { measureParallelisms } from './parallel-cells.ts';
import { totalMeasures } from './total-time.ts';
import { buildMeasures } from './update-time.ts';

export interface TimingSurroundings extends Surroundings {
  readonly packed: PackedSeries;
  readonly pace: Pace;
}

/** What is measured of one image, the first that could be had, when nothing else of the run is at work. */
export async function measureFirstImage(
  plan: Plan,
  surroundings: TimingSurroundings,
): Promise<void> {
  await measureReproducibilities(plan, surroundings);
  const timed = await measureThroughputs(plan, surroundings);
  for (const model of plan.timed) surroundings.pace.settle('throughput', model);
  await measureParallelisms(plan, surroundings, workerCounts());
  const { run } = surroundings;
  for (const model of new Set([...plan.timed, ...timed])) {
    run.record(model, totalMeasures(run.records, model));
    run.record(model, buildMeasures(run.records, model));
  }
}

async function measureReproducibilities(
  plan: Plan,
  { run, packed, context, progress, pace, found }: TimingSurroundings,
): Promise<void> {
  const [image] = run.images;
  if (!image) return;
  for (const model of plan.reproduced) {
    const digest = packed.digestOf(image.id, model);
    if (digest === undefined || run.has(model, image.id, 'reproducibility.distinct_digests')) {
      pace.settle('reproducibility', model);
      progress.more(-1);
      continue;
    }
    try {
      const start = performance.now();
      const result =
        found?.reproducibility(model) ??
        (await measureReproducibility(image, model, digest, context.signal));
      pace.keep('reproducibility', model, image, performance.now() - start);
      run.record(model, result.measurements);
      if (result.skipped !== undefined) {
        run.skip(model, image.id, 'reproducibility.runtime_digests', result.skipped);
      }
    } catch (error) {
      context.signal?.throwIfAborted();
      run.fail(model, image.id, error);
    }
    pace.settle('reproducibility', model);
    progress.step(`reproducibility of ${aliasOf(model) ?? model}`);
  }
}

/** Returns the models that were timed, which may be more than the plan's: see {@link forgetTimed}. */
async function measureThroughputs(
  plan: Plan,
  { run, packed, context, progress, pace }: TimingSurroundings,
): Promise<readonly string[]> {
  const { timed, rounds } = plan;
  const [image] = run.images;
  if (!image) return [];
  const planned = timed.filter((model) => packed.digestOf(image.id, model) !== undefined);
  const models = [...new Set([...timedBefore(run, image.id), ...planned])];
  const workers = workerCounts();
  const none = (count: number): void => progress.more(-count * workers.length * rounds.least);
  const lacking = models.filter((model) => repetitionsIn(run, model, image.id) < rounds.least);
  const isLost = await failAgain(lacking, image, run, context.signal);
  if (isLost) {
    none(timed.length);
    return [];
  }
  forgetTimed(models, rounds, image.id, run, progress);
  none(timed.length - models.length);
  progress.note(`timed part: ${boundOf(rounds)}${othersOf(models, plan.models)}`);
  const spent: { model: string; round: number; ms: number }[] = [];
  // Fewer where models cannot be divided, more with rounds beyond the least and the model that is timed twice.
  const least = models.length * workers.length * rounds.least;
  let expected = least;
  let last = performance.now();
  const timing = pace.time(models);
  const { cells, repeatedCell, repeated } = await measureThroughput(
    { image, models, workers, rounds, signal: context.signal },
    run.machine,
    {
      repeated(model, count, round) {
        const now = performance.now();
        spent.push({ model, round, ms: now - last });
        timing.take(model, count, round, now - last);
        last = now;
        if (expected > 0) expected--;
        else progress.more(1);
        progress.step(`throughput of ${aliasOf(model) ?? model}, workers: ${count}`);
      },
      ended: () => timing.endRound(),
    },
  );
  progress.more(-expected);
  const taken = (repeatedCell?.samples.length ?? 0) + repeated;
  const total = (model: string, isOne: (round: number) => boolean): number =>
    spent.reduce((sum, one) => sum + (one.model === model && isOne(one.round) ? one.ms : 0), 0);
  const full = Math.ceil(taken / EVERY);
  for (const model of models) {
    if (taken === 0) continue;
    pace.keep('throughput', model, image, total(model, () => true) / taken);
    pace.keep('throughput-full', model, image, total(model, (one) => one % EVERY === 0) / full);
  }
  if (taken > 0) pace.keepRounds(models, taken);
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
  if (repeatedCell)
    run.record(repeatedCell.model, noiseMeasures(image.id, { cells, repeatedCell }));
  run.record('*', factsOf(image.id, [['throughput.repeated_rounds', repeated]]));
  return models;
}

/** Models that have times of the image, whoever asked for them. */
function timedBefore(run: RunDirectory, image: string): readonly string[] {
  return run.records
    .filter((one) => one.image === image && one.measure === 'throughput.pack' && 'value' in one)
    .map(({ model }) => model);
}

/**
 * True where there is nothing to time: no model is lacking, or each of them failed before and fails again. The times of the
 * others are worth more than another attempt.
 */
async function failAgain(
  lacking: readonly string[],
  image: ImageDescriptor,
  run: RunDirectory,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const failed = new Set(
    run.records
      .filter(
        (one) => one.image === image.id && one.measure === 'throughput.pack' && 'error' in one,
      )
      .map(({ model }) => model),
  );
  if (!lacking.every((model) => failed.has(model))) return false;
  for (const model of lacking) {
    try {
      await packInChild({ image, model, workers: 1, isShort: true }, signal);
      return false;
    } catch (error) {
      signal?.throwIfAborted();
      run.fail(model, image.id, error, 'throughput.pack');
    }
  }
  return true;
}

/** 0 where it failed: it is tried again. */
function repetitionsIn(run: RunDirectory, model: string, image: string): number {
  const own = run.records.filter(
    (one) => one.model === model && one.image === image && one.measure === 'throughput.pack',
  );
  if (own.some((one) => 'error' in one)) return 0;
  // Of an image of no bytes there is none.
  if (own.some((one) => 'skipped' in one)) return Number.POSITIVE_INFINITY;
  return Math.max(0, ...own.map((one) => ('value' in one ? repetitionsOf(one) : 0)));
}

/** Models are compared in the same rounds: where one was not timed, or not as often as is asked for now, all are timed again. */
function forgetTimed(
  models: readonly string[],
  { least }: Rounds,
  image: string,
  run: RunDirectory,
  progress: Progress,
): void {
  const counts = models.map((model) => repetitionsIn(run, model, image)).filter((n) => n > 0);
  if (counts.length === 0) return;
  const fewest = Math.min(...counts);
  const why =
    fewest < least
      ? `timed with ${plural(fewest, 'repetition')}, not ${least}`
      : 'models are compared in the same rounds';
  progress.note(`${why}: timed again`);
  run.forget(({ measure }) => measure.startsWith('throughput.') || measure === 'transfer.total_ms');
}

/** Which models have a name and no times: nobody should take that for a failure. */
function othersOf(timed: readonly string[], all: readonly string[]): string {
  const others = all.filter((id) => aliasOf(id) !== undefined && !timed.includes(id));
  if (others.length === 0) return '';
  return `; not timed: ${listed(others.map((id) => aliasOf(id)!))} (--model NAME times what it names)`;
}

/** Said before they begin. */
export function boundOf({ least, most }: Rounds): string {
  const count = least === most ? plural(least, 'round') : `${least} to ${most} rounds`;
  const [minutes, more] = [BUDGET_MS, REPEATED_BUDGET_MS].map((ms) => formatNumber(ms / 60_000));
  return `${count}, at most ${minutes} min, ${more} where rounds are disturbed, unless ${plural(least, 'round')} ${least === 1 ? 'takes' : 'take'} longer`;
}

/** 1, 2, 4 … up to the processors of this machine, and that number itself. */
export function workerCounts(): readonly number[] {
  const most = availableParallelism();
  const counts: number[] = [];
  for (let count = 1; count < most; count *= 2) counts.push(count);
  return [...counts, most];
}
