import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { claim } from '../claims.ts';
import { storageError } from '../errors.ts';
import { makeDirectories } from '../make-directories.ts';
import { identify, type ProcessState, stateOf, stateOfTag, TAG, tagOf } from '../processes.ts';
import { writeFile } from '../write-whole.ts';

/**
 * Which processes use a cache, and since when: files in `users/`, named by who it is. Several hosts and containers may share a
 * cache; those that cannot be seen from here count as running.
 */

const own = new Set<string>();

/** Milliseconds: what is used right after the beginning must not seem older, and clocks of file systems lag behind. */
const CLOCK_LAG = 2000;

let tag: string | undefined;

/** This process, as part of the names of its files. */
export function ownTag(): string {
  tag ??= tagOf(identify());
  return tag;
}

/** From now on this process counts as a user, until it ends. A cache that cannot be written needs no users. */
export function register(root: string): void {
  try {
    requireRegistered(root);
  } catch {}
}

/** As {@link register}; throws a StorageError where it cannot be done: what it writes then would seem to be nobody's. */
export function requireRegistered(root: string): void {
  const path = join(root, 'users', ownTag());
  if (own.has(path)) return;
  try {
    makeDirectories(join(root, 'users'));
    // For people: which host it is.
    writeFile(path, `${JSON.stringify(identify())}\n`);
    const beginning = new Date(Date.now() - CLOCK_LAG);
    utimesSync(path, beginning, beginning);
  } catch (error) {
    throw storageError(error, path);
  }
  if (own.size === 0) process.once('exit', forget);
  claim({ kind: 'path', path });
  own.add(path);
}

/** A process that uses a cache. */
export interface User {
  /** The file that says so. */
  readonly path: string;
  readonly state: Exclude<ProcessState, 'ended'>;
  /** When it began: milliseconds since the epoch. */
  readonly since: number;
}

/**
 * Forgets those that have ended.
 * @param counted `others` where this process only keeps order in it, and needs nothing of it
 */
export function usersOf(root: string, counted: 'all' | 'others'): readonly User[] {
  const directory = join(root, 'users');
  const users: User[] = [];
  for (const name of namesIn(directory)) {
    const path = join(directory, name);
    if (counted === 'others' && name === ownTag()) continue;
    const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (since === undefined) continue;
    const state = stateOfName(name, since);
    if (state === undefined || state === 'ended') rmSync(path, { force: true });
    else users.push({ path, state, since });
  }
  return users;
}

/** When the longest-running process began to use the cache, milliseconds since the epoch; Infinity where none does. */
export function oldestUse(root: string, counted: 'all' | 'others'): number {
  return Math.min(...usersOf(root, counted).map(({ since }) => since));
}

const OWNER = new RegExp(`\\.(${TAG}|\\d+)\\.(?:part|tmp)$`);

/** True for a file in `partial/` whose process has ended. Where the name tells none nobody knows. */
export function isLeft(path: string): boolean {
  return stateOfPartial(path) === 'ended';
}

/** undefined where its name tells no process. */
export function stateOfPartial(path: string): ProcessState | undefined {
  const owner = OWNER.exec(path)?.[1];
  const writtenAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return owner === undefined ? undefined : stateOfName(owner, writtenAt);
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

/** The first versions named files by the process id alone. */
function stateOfName(name: string, writtenAt: number | undefined): ProcessState | undefined {
  return /^\d+$/.test(name) ? stateOf({ pid: Number(name) }, writtenAt) : stateOfTag(name);
}

function forget(): void {
  for (const path of own) {
    try {
      rmSync(path, { force: true });
    } catch {}
  }
}
