import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, storageError } from '../errors.ts';
import { type Lock, takeLock } from '../locks.ts';
import { measures } from '../measures/mod.ts';
import { METHOD } from '../method.ts';
import { NewDirectory } from '../new-directory.ts';
import { appendWhole, sweepTemporary, truncateFile, writeWhole } from '../write-whole.ts';
import type { RecordKey, ResultRecord } from './record.ts';
import type { RunInfo } from './run.ts';
import { type Seal, sealOf } from './seal.ts';
import { faultOf } from './values.ts';

const RECORDS = 'records.jsonl';
const INFO = 'run.json';
const LOCK = 'run.lock';

/**
 * The records of a run directory: append-only while the run is under way, every line flushed as it comes, so that a
 * killed run loses nothing it measured. Values already there are kept; failed and skipped cells are tried again.
 */
export class RecordLog {
  readonly directory: string;
  readonly #records = new Map<string, ResultRecord>();
  readonly #foreign: ResultRecord[] = [];
  readonly #lock: Lock;
  readonly #made: NewDirectory;
  #found = sealOf('');

  private constructor(directory: string) {
    this.directory = directory;
    const { made, lock } = holdDirectory(directory);
    this.#made = made;
    this.#lock = lock;
  }

  /** Opens or creates the directory. Throws a StorageError where it cannot be written or another run holds it. */
  static open(directory: string): RecordLog {
    const log = new RecordLog(directory);
    try {
      sweepTemporary(directory);
      log.#load();
      return log;
    } catch (error) {
      log.close();
      throw storageError(error, directory);
    }
  }

  get records(): readonly ResultRecord[] {
    return [...this.#records.values()];
  }

  /** The file as it was when it was opened. */
  get found(): Seal {
    return this.#found;
  }

  /** Sets apart what another dataset or method left here: it counts for nothing, and is kept. */
  separate(dataset: string): void {
    for (const [key, record] of this.#records) {
      if (record.dataset === dataset && record.method === METHOD) continue;
      this.#records.delete(key);
      this.#foreign.push(record);
    }
  }

  /** Removes what was measured; what is set apart stays. */
  discard(): void {
    this.forget(() => true);
    this.arrange(() => 0);
  }

  forget(isOld: (record: ResultRecord) => boolean): void {
    for (const [key, record] of this.#records) if (isOld(record)) this.#records.delete(key);
  }

  /** True where a value was measured already. */
  has(key: RecordKey): boolean {
    const record = this.#records.get(keyText(key));
    return record !== undefined && 'value' in record;
  }

  /**
   * Appends those that are new, in one write. What was timed stays as it was measured first; an exact value that differs from
   * the one known replaces it, since only a run that lacked an image before can come to another.
   */
  append(records: readonly ResultRecord[]): void {
    const fresh = records.filter((record) => this.#isNews(record));
    if (fresh.length === 0) return;
    const lines = fresh.map((record) => `${JSON.stringify(record)}\n`);
    appendWhole(join(this.directory, RECORDS), lines.join(''));
    for (const record of fresh) this.#records.set(keyText(record), record);
  }

  #isNews(record: ResultRecord): boolean {
    const known = this.#records.get(keyText(record));
    if (known === undefined || !('value' in known)) return true;
    return 'value' in record && record.exact && record.value !== known.value;
  }

  /** Forgets that a cell failed or was skipped: a retry succeeded. */
  settle(dataset: string, model: string, image: string, measure = '*', client = '-'): void {
    const key = keyText({ method: 0, dataset, model, image, client, measure });
    const record = this.#records.get(key);
    if (record !== undefined && !('value' in record)) this.#records.delete(key);
  }

  writeInfo(info: RunInfo): void {
    writeWhole(join(this.directory, INFO), `${JSON.stringify(info, undefined, 2)}\n`);
  }

  /**
   * Puts the lines in the order of the plan, so that runs that measured the same are the same bytes whatever the order in
   * which their cells ended.
   */
  arrange(order: (a: ResultRecord, b: ResultRecord) => number): Seal {
    const records = [...this.records.toSorted(order), ...this.#foreign];
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    writeWhole(join(this.directory, RECORDS), text);
    return sealOf(text);
  }

  close(): void {
    this.#lock.release();
    // Where nothing came into it.
    this.#made.remove();
  }

  #load(): void {
    const path = join(this.directory, RECORDS);
    if (!existsSync(path)) return;
    const text = readFileSync(path, 'utf8');
    this.#found = sealOf(text);
    // A line without its end was cut when the run was killed: it is measured again.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) truncateFile(path, Buffer.byteLength(whole));
    for (const [index, line] of whole.split('\n').entries()) {
      if (line === '') continue;
      const place = { file: path, line: index + 1 };
      const remedy = 'remove the line, or measure anew with --fresh';
      let record: ResultRecord;
      try {
        record = JSON.parse(line) as ResultRecord;
      } catch (cause) {
        throw new InputError('a record is not JSON', place, remedy, { cause });
      }
      // Sums and verdicts are made of what is kept here, before a report is: JSON has numbers that are none, such as 1e999.
      const measure = measures.get(record.measure);
      const fault = measure && 'value' in record ? faultOf(measure, record) : undefined;
      if (fault) throw new InputError(fault.message, { ...place, field: fault.field }, remedy);
      this.#records.set(keyText(record), record);
    }
  }
}

/** Nobody else writes to the run until it is released. */
export function lockRun(directory: string): Lock {
  return takeLock(join(directory, LOCK), {
    does: 'is writing to this run',
    remedy: 'give another directory with --out',
  });
}

/** Makes a directory where there is none, and takes its lock. Throws a StorageError, and leaves nothing then. */
export function holdDirectory(directory: string): {
  readonly made: NewDirectory;
  readonly lock: Lock;
} {
  const made = new NewDirectory(directory);
  try {
    return { made, lock: lockRun(directory) };
  } catch (error) {
    made.remove();
    throw error;
  }
}

/** Everything that tells records apart; the value is not part of it. */
export function keyText(key: RecordKey): string {
  const { dataset, image, model, client, measure } = key;
  const { link = '', workers = '', layer = '', program = '' } = key;
  return [dataset, image, model, client, link, workers, layer, program, measure].join('\n');
}
