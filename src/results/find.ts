import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError, StorageError } from '../errors.ts';
import { listed } from '../listed.ts';
import type { Run } from './read.ts';

/** Where runs are kept unless told otherwise. */
export const RUNS = 'reports';

/** Folders looked into for runs: a message is no search of a disk. */
const LOOKED_AT = 1000;

/** For a directory that holds no run: the runs in it, beside it and where runs are kept. */
export function noRun(directory: string): StorageError {
  const runs = new Set([directory, dirname(directory), RUNS].flatMap(runsIn));
  const remedy =
    runs.size > 0 ? `there are: ${listed([...runs])}` : 'measure one with `bench run --out DIR`';
  return new StorageError(`no run in ${directory}`, { file: join(directory, 'run.json') }, remedy);
}

/** A run without models or records answers nothing. Throws an InputError that says what is lacking. */
export function checkMeasured({ info, records }: Run, directory: string): void {
  const lacking = [
    ...(info.models.length === 0 ? ['models'] : []),
    ...(records.length === 0 ? ['records'] : []),
  ];
  if (lacking.length === 0) return;
  throw new InputError(
    `the run in ${directory} has no ${lacking.join(' and no ')}`,
    {},
    'run the command again that began it, or measure anew with --fresh',
  );
}

function runsIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .slice(0, LOOKED_AT)
      .sort()
      .map((name) => join(directory, name))
      .filter((path) => statSync(join(path, 'run.json'), { throwIfNoEntry: false })?.isFile());
  } catch {
    return [];
  }
}
