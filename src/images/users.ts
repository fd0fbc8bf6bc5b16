import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claim } from '../claims.ts';
import { storageError } from '../errors.ts';
import { makeDirectories } from '../make-directories.ts';
import { isRunning } from '../processes.ts';

/** Which processes of this machine use a cache, and since when: files named by process id in `users/`. */

const own = new Set<string>();

/** Milliseconds: what is used right after the beginning must not seem older, and clocks of file systems lag behind. */
const CLOCK_LAG = 2000;

/** From now on this process counts as a user, until it ends. A cache that cannot be written needs no users. */
export function register(root: string): void {
  const path = join(root, 'users', String(process.pid));
  if (own.has(path)) return;
  try {
    makeDirectories(join(root, 'users'));
    writeFileSync(path, '');
    const beginning = new Date(Date.now() - CLOCK_LAG);
    utimesSync(path, beginning, beginning);
  } catch {
    return;
  }
  if (own.size === 0) process.once('exit', forget);
  claim({ kind: 'path', path });
  own.add(path);
}

/**
 * When the longest-running process began to use the cache, milliseconds since the epoch; Infinity where none does.
 * @param counted `others` where this process only keeps order in it, and needs nothing of it
 */
export function oldestUse(root: string, counted: 'all' | 'others'): number {
  const directory = join(root, 'users');
  let oldest = Number.POSITIVE_INFINITY;
  for (const name of namesIn(directory)) {
    const path = join(directory, name);
    if (counted === 'others' && Number(name) === process.pid) continue;
    if (!isRunning(Number(name))) rmSync(path, { force: true });
    else oldest = Math.min(oldest, statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? oldest);
  }
  return oldest;
}

/** The process that a file in `partial/` belongs to; undefined where its name tells none. */
export function ownerOf(name: string): number | undefined {
  const digits = /\.(\d+)\.(?:part|tmp)$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Sorted; empty where there is no such directory. Throws a StorageError where it cannot be read. */
export function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).sort();
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return [];
    throw storageError(error, directory);
  }
}

function forget(): void {
  for (const path of own) {
    try {
      rmSync(path, { force: true });
    } catch {}
  }
}
