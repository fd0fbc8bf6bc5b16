import { join } from 'node:path';
import type { FetchContext } from '../src/datasets/provider.ts';
import type { MeasureName } from '../src/measures/mod.ts';
import { inDirectory, run } from '../src/pipeline.ts';
import { outlineOf, type Plan } from '../src/plan.ts';
import type { Progress } from '../src/progress.ts';
import { answerMarkdown, findingsText } from '../src/report/mod.ts';
import { createView, type View } from '../src/report/view.ts';
import { type Run, readRun } from '../src/results/read.ts';
import { isComplete, type RunDirectory } from '../src/results/run-directory.ts';
import { type PlainFinding, readVerdict, writeVerdictFile } from '../src/results/verdict.ts';
import type { SweptPart } from '../src/runs/swept-series.ts';
import { writeWhole } from '../src/write-whole.ts';
import type { Claim } from './claims/claim.ts';
import { findingsOf } from './claims/finding.ts';
import type { Records } from './records.ts';
import { imagesOfPlan, recordsOf } from './run-records.ts';
import { type Finding, MissingValue, NEEDS_SERIES, noUpdate, undecided } from './verdict.ts';

declare const guarded: unique symbol;

/** What is measured to hold claims against, and what the records say about them; see {@link createExperiment}. */
export interface Experiment extends ExperimentParts {
  readonly [guarded]: true;
}

export interface ExperimentParts {
  readonly name: string;
  readonly title: string;
  /** Chains and grids without compression; their chunks are counted in one pass per serialiser. */
  readonly swept: readonly string[];
  /** What is counted of their chunks besides. */
  readonly counted?: () => SweptPart;
  /** Chains and grids that are packed, where compressed bytes or requests are asked for. */
  readonly packed: readonly string[];
  /** Dataset unless another is asked for; absent for that of every run. */
  readonly dataset?: string;
  /** Links whose times the verdict reads; absent where it reads none. */
  readonly links?: readonly string[];
  /** Name of the chart that shows the answer, of src/report/charts. */
  readonly chart?: string;
  /** Its remarks are of a series, or of steps of any kind: they say something without an update. */
  readonly isOfAnyStep?: true;
  /** What is measured besides, alone and in this process. */
  readonly timed?: Timed;
  /** Claims that its records decide, by the engine: their models and links are measured, their findings come first. */
  readonly decides?: readonly Claim[];
  /** What it decides, each with its short statement: `C01 …; C33 …`. */
  readonly claims: string;
  /** What else the records say: remarks. Only the engine comes to a verdict. */
  verdict(records: Records): readonly Finding[] | Promise<readonly Finding[]>;
}

/**
 * An experiment that cannot come to a verdict from nothing: where a value that it asks for is missing, its claims are undecided.
 * Remarks are made where there is an update, or need none.
 */
export function createExperiment(parts: ExperimentParts): Experiment {
  const { claims, decides = [], isOfAnyStep = false } = parts;
  const verdict: Experiment['verdict'] = async (records) => {
    if (records.images.length < 2) return [undecided(claims, NEEDS_SERIES)];
    if (records.steps.length === 0) {
      return [undecided(claims, 'nothing to win, no image differs from the one before it')];
    }
    const findings = await decidedOf(decides, records);
    if (!isOfAnyStep && records.updates.length === 0) {
      return [...findings, undecided(claims, noUpdate(records))];
    }
    try {
      return [...findings, ...(await parts.verdict(records))];
    } catch (error) {
      if (error instanceof MissingValue) return [...findings, undecided(claims, error.message)];
      throw error;
    }
  };
  const asked = (field: 'packed' | 'swept' | 'links'): readonly string[] => [
    ...new Set([...decides.flatMap((one) => one[field] ?? []), ...(parts[field] ?? [])]),
  ];
  const links = asked('links');
  return {
    ...parts,
    packed: asked('packed'),
    swept: asked('swept'),
    ...(links.length === 0 ? {} : { links }),
    verdict,
  } as Experiment;
}

async function decidedOf(claims: readonly Claim[], records: Records): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const one of claims) findings.push(...(await findingsOf(one, records)));
  return findings;
}

/** An experiment that measures by itself, alone: its claims are decided by what it recorded and observed. */
export function createTimed({
  decides = [],
  ...parts
}: Pick<Experiment, 'name' | 'title' | 'dataset' | 'chart' | 'timed' | 'decides'>): Experiment {
  return {
    ...parts,
    decides,
    packed: [],
    swept: [],
    claims: decides.map(({ id, name }) => `${id} ${name}`).join('; '),
    verdict: (records: Records) => decidedOf(decides, records),
  } as unknown as Experiment;
}

/** What images of an experiment are chosen of. */
export interface AskedImages {
  /** Its id. */
  readonly dataset: string;
  /** They were named. */
  readonly areNamed: boolean;
}

/** Measuring of an experiment's own. */
export interface Timed {
  /** The images it needs of those planned. Throws a UsageError where they are not enough. */
  images(planned: readonly string[], asked: AskedImages): readonly string[];
  /** How long it takes, in words, where no rate of this machine says so: said before it begins. */
  readonly takes?: string;
  /** Without a value of these the run is not complete. */
  readonly wanted?: readonly (readonly [model: string, measure: MeasureName])[];
  /** What the records say besides the claims: remarks. */
  verdict(view: View): readonly Finding[];
  /** Markdown that follows them. */
  appendix?(view: View): string;
  /** Measures and records. Returns findings that no record can carry. */
  measure(input: TimedInput): Promise<readonly Finding[]>;
}

export interface TimedInput {
  readonly plan: Plan;
  readonly run: RunDirectory;
  readonly context: FetchContext;
  readonly progress: Progress;
}

/** Measures what an experiment asks for, unless it is there already. Returns the number of failed cells. */
export async function measureExperiment(
  { timed, counted }: Experiment,
  plan: Plan,
  context: FetchContext,
  progress: Progress,
): Promise<{ readonly failures: number; readonly observed: readonly PlainFinding[] }> {
  const outline = await outlineOf(plan, timed?.wanted);
  if (await isComplete(outline)) {
    progress.note('this run is complete: re-rendering; --fresh measures anew');
    return { failures: 0, observed: readVerdict(plan.directory)?.observed ?? [] };
  }
  if (!timed) return { failures: await run(plan, context, progress, counted?.()), observed: [] };
  let observed: readonly PlainFinding[] = [];
  const failures = await inDirectory(outline, progress, async (directory) => {
    observed = await timed.measure({ plan, run: directory, context, progress });
  });
  return { failures, observed };
}

/**
 * Answers from the records of a run, and keeps the answer as `verdict.md` and `verdict.json`. Returns it without its tables.
 *
 * @param read the run of the plan, where it was read already
 */
export async function writeVerdict(
  experiment: Experiment,
  plan: Plan,
  context: FetchContext,
  observed: readonly PlainFinding[] = [],
  read?: Run,
): Promise<string> {
  const found = read ?? (await readRun(plan.directory));
  const { info, records: all } = found;
  const records = recordsOf(found, imagesOfPlan(plan, context), observed);
  const findings = [
    ...(await experiment.verdict(records)),
    ...(experiment.timed?.verdict(records.view) ?? []),
    ...observed,
  ];
  const { name, title, chart, claims } = experiment;
  const { id, digest } = info.dataset;
  const dataset = `${id}@${digest}`;
  const { method } = info;
  const answer = {
    experiment: name,
    title,
    ...(claims ? { claims } : {}),
    dataset,
    method,
    findings,
    observed,
    ...(chart === undefined ? {} : { chart }),
  };
  writeVerdictFile(plan.directory, answer);
  const answered = createView(info, all, answer);
  const appendix = experiment.timed?.appendix?.(answered) ?? '';
  const parts = [`# ${title}`, ...answerMarkdown(answered), appendix].filter(Boolean);
  writeWhole(join(plan.directory, 'verdict.md'), `${parts.join('\n\n')}\n`);
  const told = [`# ${title}`, findingsText(answer), appendix].filter(Boolean);
  return `${told.join('\n\n')}\n`;
}
