import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SkippedError } from '../errors.ts';
import type { ImageDescriptor } from '../images/image.ts';
import type { Measurement } from '../measures/measurement.ts';
import type { MeasureName } from '../measures/mod.ts';
import { METHOD } from '../method.ts';
import { failure, planOrder, skip, toRecord } from './compose.ts';
import { checkPlace } from './find.ts';
import { type AskedRun, checkSame, differences } from './identity.ts';
import { lockRun, RecordLog } from './log.ts';
import type { SeenMachine } from './machine.ts';
import { type Run, readInfo, readRun } from './read.ts';
import { type RecordKey, type ResultRecord, repetitionsOf } from './record.ts';
import type { RunInfo, RunLink, RunModel } from './run.ts';
import { RunMachine } from './run-machine.ts';
import { damageOf, type Seal } from './seal.ts';

/** What a run directory is opened for. */
export interface RunOutline extends AskedRun {
  /** What the directory holds of a run is replaced. */
  readonly fresh: boolean;
  /** Threads that the run keeps busy at most. */
  readonly workers: number;
  /** Models and measures that must have a value, from at least so many repetitions, before the run is complete. */
  readonly wanted: readonly (readonly [
    model: string,
    measure: MeasureName,
    repetitions?: number,
  ])[];
  /** Titles by image id. */
  readonly titles: ReadonlyMap<string, string>;
}

/**
 * The directory of one run: records as they come, `run.json`, the lock, and whether everything that was asked for is there.
 * It holds one dataset, one method and one experiment; nothing of another is ever added to it.
 */
export class RunDirectory {
  readonly outline: RunOutline;
  readonly #log: RecordLog;
  readonly #startedAt = new Date().toISOString();
  /** What else the machine does while figures are timed. */
  readonly machine: RunMachine;
  readonly #images = new Map<string, ImageDescriptor>();
  readonly #warnings = new Map<string, readonly string[]>();
  /** As the run had them before it was opened again. */
  readonly #before: ReadonlyMap<string, RunInfo['images'][number]>;
  #models: readonly RunModel[];
  #links: readonly RunLink[];
  #tools: Readonly<Record<string, string>> = {};

  /**
   * Throws a UsageError where the directory holds another run, or something else, or a StorageError where it cannot be written.
   * @param note where it is said that the machine is busy, or that the records are not those of the run
   */
  static open(outline: RunOutline, note: (text: string) => void): RunDirectory {
    checkPlace(outline.directory);
    if (outline.fresh) removeRun(outline.directory);
    const log = RecordLog.open(outline.directory);
    try {
      const known = checkIdentity(outline);
      log.separate(nameOf(outline));
      const damage = damageOf(known?.records, log.found);
      if (damage !== undefined) {
        note(`${damage}; everything is measured again`);
        // Nobody can say which of the others are as they were.
        log.discard();
      }
      const run = new RunDirectory(outline, log, known, note);
      // An answer is of the records that it was made from.
      removeAnswer(outline.directory);
      run.#writeInfo();
      return run;
    } catch (error) {
      log.close();
      throw error;
    }
  }

  private constructor(
    outline: RunOutline,
    log: RecordLog,
    known: RunInfo | undefined,
    note: (text: string) => void,
  ) {
    this.outline = outline;
    this.#log = log;
    this.#models = outline.models ?? [];
    this.#links = outline.links ?? [];
    this.#tools = known?.environment.tools ?? {};
    this.#before = new Map((known?.images ?? []).map((image) => [image.id, image]));
    this.machine = new RunMachine(outline, log.records, note);
  }

  get records(): readonly ResultRecord[] {
    return this.#log.records;
  }

  /** The images that could be had so far, in series order. */
  get images(): readonly ImageDescriptor[] {
    return this.outline.planned.flatMap((id) => this.#images.get(id) ?? []);
  }

  /** Enters an image that could be had. */
  enter(image: ImageDescriptor): void {
    this.#images.set(image.id, image);
    this.#writeInfo();
  }

  /** What is odd about an image's layers. */
  warn(image: string, warnings: readonly string[]): void {
    this.#warnings.set(image, warnings);
    this.#writeInfo();
  }

  /** What an experiment that chooses for itself measures. */
  describeModels(models: readonly RunModel[], links: readonly RunLink[] = []): void {
    this.#models = models;
    this.#links = links;
    this.#writeInfo();
  }

  /** What was seen of the machine so far. */
  get seen(): SeenMachine {
    const { load, checks } = this.machine.environment();
    return { load, ...(checks ? { checks } : {}) };
  }

  /** Says that figures are used which another run timed on a machine that was seen so. */
  join(seen: SeenMachine): void {
    this.machine.join(seen);
  }

  /** Versions of the external programs that models run. */
  describeTools(tools: Readonly<Record<string, string>>): void {
    this.#tools = { ...this.#tools, ...tools };
    this.#writeInfo();
  }

  record(model: string, measurements: readonly Measurement[]): void {
    this.#log.append(measurements.map((one) => toRecord(this.#dataset, model, one)));
  }

  /** A cell that failed as a whole, or one of its measures; true where it could not be tried. */
  fail(model: string, image: string, error: unknown, measure: MeasureName | '*' = '*'): boolean {
    const isSkipped = error instanceof SkippedError;
    this.#log.append([
      isSkipped
        ? skip(this.#dataset, model, image, measure, error.toString())
        : failure(this.#dataset, model, image, error, measure),
    ]);
    return isSkipped;
  }

  skip(model: string, image: string, measure: MeasureName, why: string, client = '-'): void {
    this.#log.append([skip(this.#dataset, model, image, measure, why, client)]);
  }

  /** Forgets that a cell failed or was skipped: a retry succeeded. */
  settle(model: string, image: string, measure = '*', client = '-'): void {
    this.#log.settle(this.#dataset, model, image, measure, client);
  }

  /** Forgets what is measured again. It stays in the file until the run ends. */
  forget(isOld: (record: ResultRecord) => boolean): void {
    this.#log.forget(isOld);
    this.machine.forget(this.records);
  }

  has(model: string, image: string, measure: MeasureName, more: Partial<RecordKey> = {}): boolean {
    const key = { method: METHOD, dataset: this.#dataset, image, model, client: '-', measure };
    return this.#log.has({ ...key, ...more });
  }

  /** Puts the records in order and closes the run. Returns the number of failures. */
  finish(): number {
    const models = this.#models.map(({ id }) => id);
    const order = planOrder(['*', ...this.outline.planned], ['*', ...models]);
    const records = this.#log.arrange(order);
    this.#writeInfo({ finishedAt: new Date().toISOString(), records });
    return this.records.filter((record) => 'error' in record).length;
  }

  close(): void {
    this.#log.close();
  }

  get #dataset(): string {
    return nameOf(this.outline);
  }

  #writeInfo(ended: { readonly finishedAt?: string; readonly records?: Seal } = {}): void {
    const { experiment, dataset, planned, titles, plugins = [] } = this.outline;
    const info: RunInfo = {
      method: METHOD,
      ...(experiment === undefined ? {} : { experiment }),
      startedAt: this.#startedAt,
      ...ended,
      dataset,
      ...(plugins.length > 0 ? { plugins } : {}),
      planned,
      images: planned.flatMap((id) => {
        const image = this.#images.get(id);
        if (!image) return this.#before.get(id) ?? [];
        const warnings = this.#warnings.get(id);
        const title = titles.get(id) ?? id;
        return { id, title, digest: image.digest, ...(warnings ? { warnings } : {}) };
      }),
      models: this.#models,
      links: this.#links,
      environment: this.machine.environment(this.#tools),
    };
    this.#log.writeInfo(info);
  }
}

/** As records name the dataset. */
function nameOf({ dataset: { id, digest } }: RunOutline): string {
  return `${id}@${digest}`;
}

/** True where {@link readComplete} finds a run. */
export async function isComplete(outline: RunOutline): Promise<boolean> {
  return (await readComplete(outline)) !== undefined;
}

/** The run that is there, if it ended without a failed cell and has everything that is asked for now. */
export async function readComplete(outline: RunOutline): Promise<Run | undefined> {
  if (outline.fresh) return undefined;
  const isThere = (name: string): boolean => existsSync(join(outline.directory, name));
  if (!isThere('run.json')) return undefined;
  checkIdentity(outline);
  // A run that was killed at its beginning has no records yet.
  if (!isThere('records.jsonl')) return undefined;
  const run = await readRun(outline.directory);
  const { info, records, damage } = run;
  if (damage !== undefined || differences(info, outline).length > 0) return undefined;
  const has = (model: string, measure: string, repetitions = 1): boolean =>
    records.some(
      (record) =>
        record.model === model &&
        record.measure === measure &&
        'value' in record &&
        repetitionsOf(record) >= repetitions,
    );
  const isWhole =
    info.finishedAt !== undefined &&
    records.every(
      (record) => 'value' in record || (record.measure !== '*' && 'skipped' in record),
    ) &&
    outline.wanted.every((one) => has(...one));
  return isWhole ? run : undefined;
}

/** Removes what a run wrote, and nothing else that may lie in the directory. */
function removeRun(directory: string): void {
  if (!existsSync(directory)) return;
  const lock = lockRun(directory);
  try {
    for (const name of ['run.json', 'records.jsonl', 'explained.json', 'charts', 'cells']) {
      rmSync(join(directory, name), { recursive: true, force: true });
    }
    for (const name of ['report.html', 'summary.csv', 'summary.md', 'verdict.md', 'verdict.json']) {
      rmSync(join(directory, name), { force: true });
    }
  } finally {
    lock.release();
  }
}

function removeAnswer(directory: string): void {
  for (const name of ['verdict.json', 'verdict.md']) rmSync(join(directory, name), { force: true });
}

/** The run that a directory holds already; undefined where it holds none. */
export function identityOf(directory: string): RunInfo | undefined {
  return existsSync(join(directory, 'run.json')) ? readInfo(directory) : undefined;
}

function checkIdentity(outline: RunOutline): RunInfo | undefined {
  const known = identityOf(outline.directory);
  if (known) checkSame(known, outline);
  return known;
}
