import { basename, join, resolve } from 'node:path';
import type { Dataset } from '../../src/datasets/mod.ts';
import type { FetchContext } from '../../src/datasets/provider.ts';
import { UsageError } from '../../src/errors.ts';
import { plural } from '../../src/format.ts';
import { run } from '../../src/pipeline.ts';
import { createPlan, outlineOf, type Plan } from '../../src/plan.ts';
import { type Progress, shownPath } from '../../src/progress.ts';
import { groupBy } from '../../src/report/group.ts';
import { type Run, readRun } from '../../src/results/read.ts';
import { readComplete } from '../../src/results/run-directory.ts';
import { type Experiment, measureExperiment, writeVerdict } from '../experiment.ts';
import { experiments } from '../mod.ts';
import { imagesOfPlan, recordsOf } from '../run-records.ts';
import { type Claim, noCase } from './claim.ts';
import { type ClaimRow, rowOf } from './rows.ts';
import { rowsOfRun } from './run.ts';
import { letLoadPass, systemSettling } from './settle.ts';

export interface MeasureOptions {
  /** Words that name one dataset. */
  readonly dataset: readonly string[];
  readonly platform?: string;
  /** Ids; of all images where none is given. */
  readonly images?: readonly string[];
  /** Where runs are kept; default `reports/claims`. */
  readonly out?: string;
  readonly workers: number;
  readonly fresh: boolean;
  /** Rows keep what their verdicts were made from. */
  readonly hasCases?: boolean;
}

export interface MeasureSurroundings {
  readonly progress: Progress;
  /** Pins what is not pinned yet. */
  prepare(dataset: Dataset): Promise<Dataset>;
  contextOf(dataset: Dataset): FetchContext;
}

export const OUT: string = join('reports', 'claims');

/**
 * Measures what claims need of a dataset, unless it is there, and judges them: one run for all that need models alone, one for
 * each experiment.
 */
export async function measureClaims(
  claims: readonly Claim[],
  options: MeasureOptions,
  surroundings: MeasureSurroundings,
): Promise<readonly ClaimRow[]> {
  const rows: ClaimRow[] = [];
  for (const [name, own] of groupBy(claims, ({ experiment = '' }) => experiment)) {
    let plan: Plan;
    try {
      plan = await planOf(name, own, options, surroundings);
    } catch (error) {
      // An experiment that has nothing to do with these images leaves the other claims.
      if (name === '' || !(error instanceof UsageError)) throw error;
      const dataset = options.dataset.join(' ');
      rows.push(
        ...own.map((claim) => rowOf(claim, dataset, noCase(claim, error.message), undefined)),
      );
      continue;
    }
    const context = surroundings.contextOf(plan.dataset);
    const found = await measure(name, plan, context, surroundings.progress);
    rows.push(...(await judgeAll(own, found, plan, context, options.hasCases)));
  }
  return rows;
}

async function planOf(
  name: string,
  claims: readonly Claim[],
  { dataset, platform, images = [], out = OUT, workers, fresh }: MeasureOptions,
  { progress, prepare }: MeasureSurroundings,
): Promise<Plan> {
  const experiment = experiments.find((one) => one.name === name);
  const all = (field: 'packed' | 'swept' | 'links'): readonly string[] => [
    ...new Set(claims.flatMap((claim) => claim[field] ?? [])),
  ];
  const asked = {
    dataset,
    images,
    ...(platform === undefined ? {} : { platform }),
    ...(experiment ? { experiment: name } : {}),
    models: experiment?.packed ?? all('packed'),
    swept: experiment?.swept ?? all('swept'),
    links: experiment?.links ?? all('links'),
    workers,
    fresh,
  };
  let plan = await createPlan(asked, prepare, progress.note);
  if (experiment?.timed) {
    const needed = experiment.timed.images(plan.images, {
      dataset: plan.dataset.id,
      areNamed: images.length > 0,
    });
    plan = await createPlan({ ...asked, images: needed }, prepare);
  }
  return { ...plan, directory: resolve(out, basename(plan.directory)) };
}

async function measure(
  name: string,
  plan: Plan,
  context: FetchContext,
  progress: Progress,
): Promise<Run> {
  const what = [
    plural(plan.images.length, 'image'),
    ...(name === '' ? [] : [name]),
    ...(plan.models.length === 0 ? [] : [plural(plan.models.length, 'model')]),
    ...(plan.swept.length === 0 ? [] : [`${plan.swept.length} swept`]),
  ].join(', ');
  progress.note(`${plan.dataset.id}: ${what} → ${shownPath(plan.directory)}`);
  const experiment = experiments.find((one) => one.name === name);
  const complete = await readComplete(await outlineOf(plan, experiment?.timed?.wanted));
  // An experiment keeps what no record can carry with its answer.
  if (complete && (!experiment || complete.verdict)) {
    const { observed } = complete.verdict ?? {};
    if (experiment) await writeVerdict(experiment, plan, context, observed, complete);
    return complete;
  }
  if (experiment?.timed) await letLoadPass(progress.note, systemSettling(context.signal));
  const failures = experiment
    ? await ask(experiment, plan, context, progress)
    : await run(plan, context, progress);
  if (failures > 0) {
    progress.note(`${plural(failures, 'cell')} failed: claims that need them are undecided`);
  }
  return readRun(plan.directory);
}

async function ask(
  experiment: Experiment,
  plan: Plan,
  context: FetchContext,
  progress: Progress,
): Promise<number> {
  const { failures, observed } = await measureExperiment(experiment, plan, context, progress);
  await writeVerdict(experiment, plan, context, observed);
  return failures;
}

async function judgeAll(
  claims: readonly Claim[],
  found: Run,
  plan: Plan,
  context: FetchContext,
  hasCases = false,
): Promise<readonly ClaimRow[]> {
  const records = recordsOf(found, imagesOfPlan(plan, context));
  const rows: ClaimRow[] = [];
  for (const claim of claims) rows.push(...(await rowsOfRun(claim, found, records, hasCases)));
  return rows.map((row) => ({ ...row, ...(hasCases ? { run: basename(plan.directory) } : {}) }));
}
