import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { storageError } from './errors.ts';

/**
 * Makes a directory and those above it that are missing, level by level: Node's own recursive mkdir never returns below
 * /proc, where making a directory fails as if its parent were missing. A directory that is there is fine.
 * @returns the uppermost directory that was made; undefined where all were there. Throws a StorageError.
 */
export function makeDirectories(path: string): string | undefined {
  const place = resolve(path);
  try {
    return makeLevel(place);
  } catch (error) {
    throw storageError(error, place);
  }
}

function makeLevel(place: string): string | undefined {
  if (makeOne(place)) return place;
  if (isDirectory(place)) return undefined;
  const above = dirname(place);
  // What has no parent and is not there cannot be made: the second attempt says why.
  const first = above === place ? undefined : makeLevel(above);
  if (!makeOne(place) && !isDirectory(place)) mkdirSync(place);
  return first ?? place;
}

/** False where it is there, whatever it is, or its parent is missing. */
function makeOne(place: string): boolean {
  try {
    mkdirSync(place);
    return true;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    throw error;
  }
}

function isDirectory(place: string): boolean {
  const facts = statSync(place, { throwIfNoEntry: false });
  if (facts === undefined || facts.isDirectory()) return facts !== undefined;
  throw Object.assign(new Error(`${place} is no directory`), { code: 'ENOTDIR' });
}
