import { join } from 'node:path';
import { fetchImage } from '../src/datasets/mod.ts';
import type { FetchContext } from '../src/datasets/provider.ts';
import type { ImageDescriptor } from '../src/images/image.ts';
import { openLatest } from '../src/images/open.ts';
import { type Contents, takeContents } from '../src/measures/contents.ts';
import type { MeasureName } from '../src/measures/mod.ts';
import { inDirectory, run } from '../src/pipeline.ts';
import { outlineOf, type Plan } from '../src/plan.ts';
import type { Progress } from '../src/progress.ts';
import { createView, type View } from '../src/report/view.ts';
import { busyReason } from '../src/results/machine.ts';
import { readRun } from '../src/results/read.ts';
import type { ResultRecord, ValueRecord } from '../src/results/record.ts';
import { isComplete, type RunDirectory } from '../src/results/run-directory.ts';
import { type PlainFinding, readVerdict, writeVerdictFile } from '../src/results/verdict.ts';
import type { Maybe } from '../src/stats/mod.ts';
import { writeWhole } from '../src/write-whole.ts';
import { type Finding, MissingValue, NEEDS_SERIES, NOTHING_TO_WIN, undecided } from './verdict.ts';

declare const guarded: unique symbol;

/** One question: what is measured to answer it, and what the records say about the claims; see {@link createExperiment}. */
export interface Experiment extends ExperimentParts {
  readonly [guarded]: true;
}

export interface ExperimentParts {
  readonly name: string;
  readonly title: string;
  /** Chains and grids without compression; their chunks are counted in one pass per serialiser. */
  readonly swept: readonly string[];
  /** Chains and grids that are packed, where compressed bytes or requests are asked for. */
  readonly packed: readonly string[];
  /** Dataset unless another is asked for; absent for that of every run. */
  readonly dataset?: string;
  /** Links whose times the verdict reads; absent where it reads none. */
  readonly links?: readonly string[];
  /** Name of the chart that shows the answer. */
  readonly chart?: string;
  /** What is measured besides, alone and in this process. */
  readonly timed?: Timed;
  /** What it decides, such as `C01 and C33`. */
  readonly claims: string;
  /** Markdown, one line a claim: confirmed, refuted, or what it depends on, with the numbers. */
  verdict(records: Records): readonly Finding[] | Promise<readonly Finding[]>;
}

/**
 * An experiment that cannot come to a verdict from nothing: without an update, or where a value that it asks for is
 * missing, its claims are undecided.
 */
export function createExperiment(parts: ExperimentParts): Experiment {
  const { claims } = parts;
  const verdict: Experiment['verdict'] = async (records) => {
    if (records.images.length < 2) return [undecided(claims, NEEDS_SERIES)];
    if (records.updates.length === 0) {
      return [undecided(claims, `${NOTHING_TO_WIN}, no image differs from the one before it`)];
    }
    try {
      return await parts.verdict(records);
    } catch (error) {
      if (error instanceof MissingValue) return [undecided(claims, error.message)];
      throw error;
    }
  };
  return { ...parts, verdict } as Experiment;
}

/** An experiment that is answered by timing alone. */
export function createTimed(
  parts: Pick<Experiment, 'name' | 'title' | 'dataset' | 'timed'>,
): Experiment {
  return {
    ...parts,
    packed: [],
    swept: [],
    claims: '',
    verdict: () => [],
  } as unknown as Experiment;
}

/** Measuring of an experiment's own. */
export interface Timed {
  /** The images it needs of those planned. Throws a UsageError where they are not enough. */
  images(planned: readonly string[]): readonly string[];
  /** Without a value of these the run is not complete. */
  readonly wanted?: readonly (readonly [model: string, measure: MeasureName])[];
  /** Lines about what was timed. */
  verdict(view: View): readonly Finding[];
  /** Measures and records. Returns findings that no record can carry. */
  measure(input: TimedInput): Promise<readonly Finding[]>;
}

export interface TimedInput {
  readonly plan: Plan;
  readonly run: RunDirectory;
  readonly context: FetchContext;
  readonly progress: Progress;
}

/** The records of a run as a verdict reads them. */
export interface Records {
  readonly images: readonly string[];
  /** Images that are not the same as the one before them. */
  readonly updates: readonly string[];
  readonly models: readonly string[];
  /** Why figures that were timed are not to be compared; absent where the machine was idle. */
  readonly busy?: string | undefined;
  /** Throws a MissingValue where there is no such number: a verdict never guesses. */
  number(image: string, model: string, measure: string, client?: string, link?: string): number;
  /** As {@link Records.number}; undefined where there is no such number. */
  find(image: string, model: string, measure: string, client?: string): Maybe;
  /** What an image holds, file by file, for verdicts that name files. */
  contents(image: string): Promise<Contents>;
  /** Why cells of a model were skipped; undefined where none was. */
  skipped(model: string): string | undefined;
}

/** Measures what an experiment asks for, unless it is there already. Returns the number of failed cells. */
export async function measureExperiment(
  { timed }: Experiment,
  plan: Plan,
  context: FetchContext,
  progress: Progress,
): Promise<{ readonly failures: number; readonly observed: readonly PlainFinding[] }> {
  const outline = await outlineOf(plan, timed?.wanted);
  if (!plan.fresh && (await isComplete(outline))) {
    progress.note('this run is complete: re-rendering; --fresh measures anew');
    return { failures: 0, observed: readVerdict(plan.directory)?.observed ?? [] };
  }
  if (!timed) return { failures: await run(plan, context, progress), observed: [] };
  let observed: readonly PlainFinding[] = [];
  const failures = await inDirectory(outline, progress, async (directory) => {
    observed = await timed.measure({ plan, run: directory, context, progress });
  });
  return { failures, observed };
}

/** Answers from the records of a run, and keeps the answer as `verdict.md` and `verdict.json`. */
export async function writeVerdict(
  experiment: Experiment,
  plan: Plan,
  context: FetchContext,
  observed: readonly PlainFinding[] = [],
): Promise<string> {
  const { info, records: all } = await readRun(plan.directory);
  const view = createView(info, all);
  const contents = async (image: string): Promise<Contents> =>
    takeContents(openLatest(await fetchImage(plan.dataset, image, context)));
  const models = [...plan.swept, ...plan.models];
  const records = {
    ...readable(view.records, plan.images, models),
    updates: updatesOf(info.images, all),
    busy: busyReason(info.environment),
    contents,
  };
  const findings = [
    ...(await experiment.verdict(records)),
    ...(experiment.timed?.verdict(view) ?? []),
    ...observed,
  ];
  const { name, title, chart } = experiment;
  const { id, digest } = info.dataset;
  const dataset = `${id}@${digest}`;
  const { method } = info;
  const answer = {
    experiment: name,
    title,
    dataset,
    method,
    findings,
    observed,
    ...(chart === undefined ? {} : { chart }),
  };
  writeVerdictFile(plan.directory, answer);
  const text = `# ${title}\n\n${findings.map((one) => `- ${one.text}\n`).join('')}`;
  writeWhole(join(plan.directory, 'verdict.md'), text);
  return text;
}

/** What a client is to fetch, or a registry to keep, of an update; nothing where an image is the one before it again. */
const MOVED: readonly (readonly [measure: string, client: string])[] = [
  ['transfer.content_bytes', 'previous'],
  ['dedup.new_bytes', '-'],
];

/** Images with other layers than the one before, of which at least one model moves or keeps some content. */
export function updatesOf(
  images: readonly Pick<ImageDescriptor, 'id' | 'digest'>[],
  records: readonly ResultRecord[],
): readonly string[] {
  const moved = records.filter(
    (one): one is ValueRecord =>
      'value' in one &&
      MOVED.some(([measure, client]) => one.measure === measure && one.client === client),
  );
  const known = new Set(moved.map(({ image }) => image));
  const changed = new Set(moved.flatMap(({ image, value }) => (value === 0 ? [] : [image])));
  return images
    .slice(1)
    .filter(({ id, digest }, before) => {
      const isOther = digest !== images[before]!.digest;
      return isOther && (changed.has(id) || !known.has(id));
    })
    .map(({ id }) => id);
}

export function readable(
  records: readonly ResultRecord[],
  images: readonly string[],
  models: readonly string[],
): Omit<Records, 'contents' | 'updates'> {
  const key = (...parts: readonly string[]): string => parts.join('\n');
  const values = new Map(
    records.flatMap((one) =>
      'value' in one
        ? [[key(one.image, one.model, one.measure, one.client, one.link ?? ''), one.value] as const]
        : [],
    ),
  );
  const reasons = new Map(
    records.flatMap((one) =>
      'skipped' in one && one.measure === '*' ? [[one.model, one.skipped] as const] : [],
    ),
  );
  const find = (image: string, model: string, measure: string, client = '-', link = ''): Maybe => {
    const value = values.get(key(image, model, measure, client, link));
    return typeof value === 'number' ? value : undefined;
  };
  return {
    images,
    models,
    skipped: (model) => reasons.get(model),
    find,
    number(image, model, measure, client = '-', link = '') {
      const value = find(image, model, measure, client, link);
      if (value !== undefined) return value;
      const over = link === '' ? '' : `, link ${link}`;
      throw new MissingValue(`no ${measure} of ${model} on ${image}, client ${client}${over}`);
    },
  };
}

/** Value at `x` by a straight line over log x through points; undefined beyond them: nothing is extrapolated. */
export function interpolate(
  points: readonly (readonly [x: number, y: number])[],
  x: number,
): number | undefined {
  const sorted = points.toSorted(([a], [b]) => a - b);
  for (let number = 1; number < sorted.length; number++) {
    const [[left, low], [right, high]] = [sorted[number - 1]!, sorted[number]!];
    if (x < left || x > right) continue;
    if (left === right) return low;
    return low + ((high - low) * Math.log(x / left)) / Math.log(right / left);
  }
  return undefined;
}
