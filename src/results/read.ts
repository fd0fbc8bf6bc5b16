import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, storageError } from '../errors.ts';
import { plural } from '../format.ts';
import { listed } from '../listed.ts';
import { measures } from '../measures/mod.ts';
import { METHOD } from '../method.ts';
import { pluginIdentities, stemOf } from '../plugin-files.ts';
import { check, type Place, parseJson } from './checked.ts';
import { noRun } from './find.ts';
import { keyText } from './log.ts';
import { busyReason } from './machine.ts';
import type { ResultRecord } from './record.ts';
import type { Environment, RunInfo, RunModel } from './run.ts';
import { recordSchemaOf, runSchema } from './schema.ts';
import { damageOf, Sealing } from './seal.ts';
import { readVerdict, type VerdictFile } from './verdict.ts';

/** A run as its directory keeps it. */
export interface Run {
  /** What was planned, and on which machine. */
  readonly info: RunInfo;
  /** Each value once, in the order measured. */
  readonly records: readonly ResultRecord[];
  /** Of an experiment that came to an answer. */
  readonly verdict?: VerdictFile;
  /** What became of the records since the run ended, where they are not as it left them; among the warnings as well. */
  readonly damage?: string;
  /** What a reader of the run should know: a line that was cut, a run that has not ended. */
  readonly warnings: readonly string[];
}

/**
 * A run directory, every line checked against the schema. Throws an InputError that names file, line and field, or a
 * StorageError. A last line without its end was cut when the run was killed: it is passed over with a warning.
 */
export async function readRun(directory: string): Promise<Run> {
  const info = readInfo(directory);
  const warnings: string[] = [];
  if (info.finishedAt === undefined) warnings.push('the run has not ended, or was interrupted');
  for (const { id, warnings: own = [] } of info.images) {
    warnings.push(...own.map((text) => `${id}: ${text}`));
  }
  warnings.push(...info.models.filter(({ cutBy }) => cutBy).map(slowCuts));
  const path = join(directory, 'records.jsonl');
  if (!existsSync(path)) warnings.push('there are no records');
  const records = new Map<string, ResultRecord>();
  const dataset = `${info.dataset.id}@${info.dataset.digest}`;
  let number = 0;
  let repeated = 0;
  let foreign = 0;
  const sealing = new Sealing();
  const plugins = info.plugins ?? [];
  const unshown = new Set<string>();
  try {
    for await (const { text, whole } of existsSync(path) ? linesOf(path, sealing) : []) {
      number++;
      if (whole) {
        const record = readRecord(text, path, number, plugins);
        if (record?.dataset !== dataset) {
          foreign++;
          continue;
        }
        const key = keyText(record);
        if (records.has(key)) repeated++;
        records.set(key, record);
        if (isUnknown(record.measure)) unshown.add(record.measure);
      } else warnings.push(`the last line of records.jsonl (${number}) was cut and is left out`);
    }
  } catch (error) {
    throw storageError(error, path);
  }
  const found = damageOf(info.records, sealing.end());
  const damage = found && `${found}; the command that made the run measures it again`;
  if (damage !== undefined) warnings.push(damage);
  if (foreign > 0) {
    warnings.push(`${plural(foreign, 'record')} of another dataset or method left out`);
  }
  warnings.push(...pluginWarnings(plugins, unshown));
  const reason = isTimed([...records.values()]) ? busyReason(info.environment) : undefined;
  if (reason !== undefined) warnings.push(`timed figures are not compared, since ${reason}`);
  if (repeated > 0) warnings.push(`${plural(repeated, 'value')} recorded twice: the last counts`);
  const answer = readVerdict(directory);
  const isOwn = answer?.dataset === dataset && answer.experiment === info.experiment;
  const verdict = isOwn ? answer : undefined;
  return {
    info,
    records: [...records.values()],
    ...(verdict ? { verdict } : {}),
    ...(damage === undefined ? {} : { damage }),
    warnings,
  };
}

function slowCuts({ alias, id }: RunModel): string {
  return `${alias ?? id} is cut by the reference of its chunker, which has no kernel: sizes hold, times do not compare`;
}

interface Line {
  readonly text: string;
  /** False for a last line without a line end. */
  readonly whole: boolean;
}

async function* linesOf(path: string, sealing: Sealing): AsyncGenerator<Line> {
  let rest = '';
  for await (const block of createReadStream(path, 'utf8')) {
    sealing.add(String(block));
    const parts = (rest + String(block)).split('\n');
    rest = parts.pop()!;
    for (const text of parts) yield { text, whole: true };
  }
  if (rest !== '') yield { text: rest, whole: false };
}

/** undefined where it was measured by another method: it may mean something different, and follow another schema. */
function readRecord(
  text: string,
  file: string,
  line: number,
  plugins: NonNullable<RunInfo['plugins']>,
): ResultRecord | undefined {
  const remedy = 'remove the line, or measure anew with --fresh';
  const value = parseJson(text, { file, line }, remedy);
  const { method, measure } = value as { method?: unknown; measure?: unknown };
  if (Number.isInteger(method) && method !== METHOD) return undefined;
  const name = typeof measure === 'string' ? measure : '';
  const isForeign =
    isUnknown(name) && plugins.some((one) => name.startsWith(`${stemOf(one.name)}.`));
  return check(recordSchemaOf(value, isForeign), value, { file, line }, remedy) as ResultRecord;
}

function isUnknown(measure: string): boolean {
  return measure !== '*' && !measures.has(measure);
}

/** Measures that nobody can show, and plug-ins that are not those of the run. */
function pluginWarnings(
  plugins: NonNullable<RunInfo['plugins']>,
  unshown: ReadonlySet<string>,
): readonly string[] {
  const loaded = pluginIdentities();
  return plugins.flatMap(({ name, digest }) => {
    const here = loaded.find((one) => one.name === name);
    if (here) {
      if (here.digest === digest) return [];
      return [`${name} is other code than the run had: ${digest}, now ${here.digest}`];
    }
    const own = [...unshown].filter((measure) => measure.startsWith(`${stemOf(name)}.`));
    if (own.length === 0) return [];
    return [`${listed(own)} of plug-in ${name} cannot be shown without it: add --plugin ${name}`];
  });
}

/** `run.json` of a run directory. Throws an InputError or a StorageError. */
export function readInfo(directory: string): RunInfo {
  const file = join(directory, 'run.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as { code?: unknown };
    throw code === 'ENOENT' || code === 'ENOTDIR' ? noRun(directory) : storageError(error, file);
  }
  const remedy =
    'give the directory of a run, or measure anew: the command that made it, with --fresh';
  const value = parseJson(text, { file }, remedy);
  checkMethod(value, { file });
  return check(runSchema, value, { file }, remedy) as RunInfo;
}

/**
 * What the machine was like when figures of this directory were timed that are kept; undefined where there are none, or
 * nothing readable says it.
 */
export function earlierEnvironment(
  directory: string,
  records: readonly ResultRecord[],
): Environment | undefined {
  const file = join(directory, 'run.json');
  if (!isTimed(records) || !existsSync(file)) return undefined;
  try {
    return readInfo(directory).environment;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

export function isTimed(records: readonly ResultRecord[]): boolean {
  return records.some((record) => 'value' in record && !record.exact);
}

/** Asked first: all else may mean something different under another method. */
function checkMethod(value: object, place: Place): void {
  const { method } = value as { method?: unknown };
  if (method === METHOD) return;
  throw new InputError(
    `measured by method ${JSON.stringify(method)}, this version reads method ${METHOD}`,
    { ...place, field: 'method' },
    'records of different methods are not comparable: read them with the version that wrote them',
  );
}

/** A run without images, models or records answers nothing. Throws an InputError that says what is lacking. */
export function checkMeasured(directory: string): void {
  const { images, models } = readInfo(directory);
  const records = statSync(join(directory, 'records.jsonl'), { throwIfNoEntry: false });
  const lacking = [
    ...(images.length === 0 ? ['images'] : []),
    ...(models.length === 0 ? ['models'] : []),
    ...(records === undefined || records.size === 0 ? ['records'] : []),
  ];
  if (lacking.length === 0) return;
  throw new InputError(
    `the run in ${directory} has no ${lacking.join(' and no ')}`,
    {},
    'run the command again that began it, or measure anew with --fresh',
  );
}
