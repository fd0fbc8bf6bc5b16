import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StorageError, UsageError } from '../errors.ts';
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

/** What a run that was killed leaves before it has written that it is one. */
const TRACES = /^(run\.lock(\..*)?|\.ocibench-.*\.tmp)$/;

/**
 * Throws a UsageError where a directory holds something, and no run: files of one would replace it.
 * @param what it may hold instead of a run, and the file that says so
 */
export function checkPlace(
  directory: string,
  { what, info }: { readonly what: string; readonly info: string } = RUN,
): void {
  const names = namesIn(directory);
  const others = names.includes(info) ? [] : names.filter((name) => !TRACES.test(name));
  if (others.length === 0) return;
  throw new UsageError(
    `${directory} holds no ${what}, but ${listed(others.sort(), 3)}`,
    {},
    `give another --out: a ${what}, an empty directory, or one that is not there yet`,
  );
}

const RUN = { what: 'run', info: 'run.json' } as const;

function isRun(directory: string): boolean {
  try {
    return statSync(join(directory, 'run.json')).isFile();
  } catch {
    return false;
  }
}

/** None of what is no directory: what uses it says so. */
function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function runsIn(directory: string): readonly string[] {
  return namesIn(directory)
    .slice(0, LOOKED_AT)
    .sort()
    .map((name) => join(directory, name))
    .filter(isRun);
}
