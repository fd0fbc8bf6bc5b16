import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StorageError } from '../errors.ts';
import { listed } from '../listed.ts';

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
