import { join } from 'node:path';
import type { Division, Sweep } from '../src/accounting/divide.ts';
import { type ChunkBooks, SweepAccounting } from '../src/accounting/mod.ts';
import { type Dataset, fetchImage } from '../src/datasets/mod.ts';
import type { FetchContext } from '../src/datasets/provider.ts';
import type { ImageDescriptor } from '../src/images/image.ts';
import { openLatest } from '../src/images/open.ts';
import type { Link } from '../src/links/mod.ts';
import { type Contents, takeContents } from '../src/measures/contents.ts';
import { imageMeasures } from '../src/measures/image.ts';
import { type Measurement, round } from '../src/measures/series.ts';
import { aliasOf, createModel, resolveModels } from '../src/models/mod.ts';
import type { Progress } from '../src/recording.ts';
import { groupBy } from '../src/report/group.ts';
import { describeEnvironment } from '../src/results/environment.ts';
import { RecordLog } from '../src/results/log.ts';
import { readRun } from '../src/results/read.ts';
import { METHOD, type ResultRecord } from '../src/results/record.ts';
import { planOrder, toRecord } from '../src/results/recorder.ts';
import { describeModel, type RunInfo, type RunModel, runDataset } from '../src/results/run.ts';
import { createPool } from '../src/workers/pooled.ts';
import { writeWhole } from '../src/write-whole.ts';

/** One question: which chains are compared, and what their records say about the claims. */
export interface Experiment {
  readonly name: string;
  readonly title: string;
  /** Chains and grids without compression; their books come from one pass per serialiser. */
  readonly swept: readonly string[];
  /** Chains and grids that the ordinary pipeline packs, where compressed bytes or requests are asked for. */
  readonly packed: readonly string[];
  /** Dataset unless another is asked for; absent for that of every run. */
  readonly dataset?: string;
  /** Links whose times the verdict reads; absent where it reads none. */
  readonly links?: readonly string[];
  /** Markdown, one line a claim: confirmed, refuted, or what it depends on, with the numbers. */
  verdict(view: Records): readonly string[] | Promise<readonly string[]>;
}

/** One question that is answered by timing, alone and in this process. */
export interface Timing {
  readonly name: string;
  readonly title: string;
  readonly packed: readonly [];
  /** Dataset unless another is asked for; absent for that of every run. */
  readonly dataset?: string;
  /** Times, writes records and `run.json`, and returns the answer as Markdown. */
  timeInto(plan: ExperimentPlan, context: FetchContext, progress: Progress): Promise<string>;
}

export interface ExperimentPlan {
  readonly dataset: Dataset;
  /** Ids in series order. */
  readonly images: readonly string[];
  /** Whose times were modelled by what the pipeline packed. */
  readonly links?: readonly Link[];
  readonly workers: number;
  readonly directory: string;
}

/** The records of a run as a verdict reads them. */
export interface Records {
  readonly images: readonly string[];
  readonly models: readonly string[];
  /** Throws where there is no such number: a verdict never guesses. */
  number(image: string, model: string, measure: string, client?: string, link?: string): number;
  /** What an image holds, file by file, for verdicts that name files. */
  contents(image: string): Promise<Contents>;
  /** Why cells of a model were skipped; undefined where none was. */
  skipped(model: string): string | undefined;
}

/** Sweeps, writes records and `run.json`, and returns the verdict, which is kept as `verdict.md`. */
export async function sweepInto(
  experiment: Experiment,
  plan: ExperimentPlan,
  context: FetchContext,
  progress: Progress,
): Promise<string> {
  const swept = resolveModels(experiment.swept);
  const models = [...swept, ...resolveModels(experiment.packed)];
  const log = RecordLog.open(plan.directory);
  // What the pipeline packed before: when it began, and what was odd in layers.
  const packing = experiment.packed.length > 0 ? (await readRun(plan.directory)).info : undefined;
  const start = packing ?? startOfRun();
  const name = `${plan.dataset.id}@${plan.dataset.digest}`;
  const record = (model: string, values: readonly Measurement[]): void =>
    log.append(values.map((one) => toRecord(name, model, one)));
  const sweeps = [...groupBy(swept, (id) => id.split('|')[0]!)].map(([serialiser, ids]) => {
    const chunkers = ids.map((id) => id.split('|')[1]!);
    return { ids, serialiser, chunkers, books: new SweepAccounting(chunkers) };
  });
  try {
    const images: ImageDescriptor[] = [];
    progress.start(plan.images.length);
    for await (const { image, divided } of divisions(plan, sweeps, context)) {
      images.push(image);
      record('*', imageMeasures(image));
      for (const [number, { ids, books }] of sweeps.entries()) {
        const rows = books.enter(divided[number]!);
        for (const [index, row] of rows.entries()) record(ids[index]!, measurements(image.id, row));
      }
      progress.step(image.id);
    }
    log.arrange(planOrder(['*', ...plan.images], ['*', ...models]));
    const { name: question } = experiment;
    const info = runInfo(question, plan, images, await describeModels(models), start);
    log.writeInfo(packing ? { ...info, images: packing.images } : info);
    const contents = (image: string): Promise<Contents> =>
      takeContents(openLatest(images[plan.images.indexOf(image)]!));
    const records = { ...readable(log.records, plan.images, models), contents };
    const lines = await experiment.verdict(records);
    const text = `# ${experiment.title}\n\n${lines.map((line) => `- ${line}\n`).join('')}`;
    writeWhole(join(plan.directory, 'verdict.md'), text);
    return text;
  } finally {
    progress.end();
    log.close();
  }
}

interface DividedImage {
  readonly image: ImageDescriptor;
  /** By sweep, then by chunker. */
  readonly divided: readonly (readonly Division[])[];
}

/** The images in series order, divided by several threads: books are kept in order, whoever is done first. */
async function* divisions(
  { dataset, images, workers }: ExperimentPlan,
  sweeps: readonly Sweep[],
  context: FetchContext,
): AsyncGenerator<DividedImage> {
  const ids = sweeps.map(({ serialiser, chunkers }) => ({ serialiser, chunkers }));
  const pool = createPool(workers);
  const stop = (): void => void pool.close();
  context.signal?.addEventListener('abort', stop);
  try {
    const ahead: Promise<DividedImage>[] = [];
    for (const id of images) {
      const image = await fetchImage(dataset, id, context);
      const divided = pool.call<DividedImage['divided']>('sweep', { image, sweeps: ids });
      const next = divided.then((all) => ({ image, divided: all }));
      // The first failure is thrown when its turn comes.
      next.catch(() => {});
      ahead.push(next);
      // Divisions are held for no more images than threads need to stay busy.
      if (ahead.length > workers) yield await ahead.shift()!;
    }
    for (const next of ahead) yield await next;
  } finally {
    context.signal?.removeEventListener('abort', stop);
    await pool.close();
  }
}

function measurements(image: string, books: ChunkBooks): readonly Measurement[] {
  const { chunks, uniqueBytes } = books;
  const rows: readonly (readonly [string, number])[] = [
    ['dedup.stream_bytes', books.streamBytes],
    ['dedup.new_bytes', books.newBytes],
    ['dedup.unique_bytes', uniqueBytes],
    ['dedup.ratio', uniqueBytes > 0 ? round(books.totalStreamBytes / uniqueBytes) : 1],
    ['dedup.objects', books.distinctChunks],
    ['chunks.count', chunks.count],
    ['chunks.mean', round(chunks.mean)],
    ['chunks.p5', chunks.p5],
    ['chunks.p50', chunks.p50],
    ['chunks.p95', chunks.p95],
    ...(chunks.shareAtLongest === undefined
      ? []
      : [['chunks.at_longest_share', round(chunks.shareAtLongest)] as const]),
  ];
  return rows.map(([measure, value]) => ({ image, client: '-', measure, value }));
}

function readable(
  records: readonly ResultRecord[],
  images: readonly string[],
  models: readonly string[],
): Omit<Records, 'contents'> {
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
  return {
    images,
    models,
    skipped: (model) => reasons.get(model),
    number(image, model, measure, client = '-', link = '') {
      const value = values.get(key(image, model, measure, client, link));
      if (typeof value === 'number') return value;
      const over = link === '' ? '' : `, link ${link}`;
      throw new Error(`no ${measure} of ${model} on ${image}, client ${client}${over}`);
    },
  };
}

export async function describeModels(ids: readonly string[]): Promise<readonly RunModel[]> {
  const models: RunModel[] = [];
  for (const model of ids) {
    const alias = aliasOf(model);
    models.push(describeModel(await createModel(model), alias));
  }
  return models;
}

type Start = Pick<RunInfo, 'startedAt' | 'environment'>;

/** Time and machine, load included, before the run adds to it. */
export function startOfRun(): Start {
  return { startedAt: new Date().toISOString(), environment: describeEnvironment() };
}

/** `run.json` of a question that has ended. */
export function runInfo(
  question: string,
  { dataset, images: planned, links = [] }: ExperimentPlan,
  images: readonly ImageDescriptor[],
  models: readonly RunModel[],
  start: Start,
): RunInfo {
  return {
    method: METHOD,
    question,
    startedAt: start.startedAt,
    finishedAt: new Date().toISOString(),
    dataset: runDataset(dataset),
    images: planned.map((own, number) => ({
      id: own,
      title: dataset.images.find((image) => image.id === own)?.title ?? own,
      digest: images[number]!.digest,
    })),
    models,
    links: links.map(({ name, ...link }) => ({ id: name, ...link })),
    environment: start.environment,
  };
}

/** `1.2 %`, with its sign where it is a difference. */
export function percent(share: number, signed = false): string {
  const text = (100 * share).toFixed(1);
  return `${signed && share >= 0 ? '+' : ''}${text} %`;
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
