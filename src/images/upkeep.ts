import { lstatSync, readFileSync, renameSync, rmSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { StorageError, storageError } from '../errors.ts';
import { type Cache, CELLS, contentOfCell } from './cache.ts';
import { digestFile } from './file-digest.ts';
import { namesIn, oldestUse, stateOfPartial, usersOf } from './users.ts';

/** Keeping a cache in order, also while runs use it. */

export interface Tally {
  readonly files: number;
  readonly bytes: number;
}

export interface CacheSize {
  /** Complete, named by digest. */
  readonly blobs: Tally;
  /** Being written, or left by a process that was killed. */
  readonly partial: Tally;
  /** What finished cells found. */
  readonly cells: Tally;
  /** What was remembered of blobs. */
  readonly facts: Tally;
}

/** What of a blob's place in the cache is not what its name says. */
export interface Damaged {
  readonly path: string;
  readonly bytes: number;
}

/** A blob, or what a finished cell found. */
interface Blob {
  readonly path: string;
  readonly digest: string;
  readonly folder: Folder;
  readonly bytes: number;
  /** Last use: milliseconds since the epoch. */
  readonly usedAt: number;
}

export function cacheSize(cache: Cache): CacheSize {
  const tally = (folder: string): Tally => {
    const files = namesIn(join(cache.root, folder))
      .map((name) => factsOf(join(cache.root, folder, name)))
      .filter((facts) => facts !== undefined);
    return tallyOf(files.map(({ size }) => size));
  };
  const blobs = listBlobs(cache);
  const of = (wanted: Folder): Tally =>
    tallyOf(blobs.filter(({ folder }) => folder === wanted).map(({ bytes }) => bytes));
  return {
    blobs: of('blobs'),
    cells: of(CELLS),
    partial: tally('partial'),
    facts: tally('facts'),
  };
}

/** Reads every blob again and removes those that decayed: they are fetched or built anew when they are next asked for. */
export async function checkCache(
  cache: Cache,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<readonly Damaged[]> {
  const blobs = listBlobs(cache);
  const damaged: Damaged[] = [];
  for (const [index, blob] of blobs.entries()) {
    const { path, bytes, usedAt } = blob;
    // What another process took away or put there anew in the meantime is its own affair.
    if (!(await isIntact(blob)) && factsOf(path)?.mtimeMs === usedAt) {
      remove(path);
      damaged.push({ path, bytes });
    }
    onProgress(index + 1, blobs.length);
  }
  return damaged;
}

/**
 * Removes what processes that have ended left in `partial/`, and then the blobs that were not used for longest until the
 * rest is no larger than `maximum` bytes. No blob is removed that a run that still goes on has used.
 */
export function collectGarbage(cache: Cache, maximum: number = Number.POSITIVE_INFINITY): Tally {
  const removed: number[] = [];
  const partial = join(cache.root, 'partial');
  for (const name of namesIn(partial)) {
    const facts = factsOf(join(partial, name));
    const state = stateOfPartial(join(partial, name));
    if (!facts || state === 'running' || state === 'elsewhere') continue;
    remove(join(partial, name));
    removed.push(facts.size);
  }
  return tallyOf([...removed, ...evictLeastRecent(cache, maximum, 'others')]);
}

/** Files that say that the cache is used where nobody here can see whether it still is. */
export function usersElsewhere(cache: Cache): readonly string[] {
  return usersOf(cache.root, 'others')
    .filter(({ state }) => state === 'elsewhere')
    .map(({ path }) => path);
}

/**
 * Removes the blobs that were not used for longest until the rest is no larger than `maximum` bytes, but none that this or
 * another run which still goes on has used: what they need at once may be more than that. Partial downloads stay, they are
 * to be continued. A cache that cannot be written does not grow, and stays as it is.
 */
export function keepWithin(cache: Cache, maximum: number): void {
  try {
    evictLeastRecent(cache, maximum, 'all');
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
  }
}

/** Bytes of each blob that was removed. */
function evictLeastRecent(
  cache: Cache,
  maximum: number,
  users: 'all' | 'others',
): readonly number[] {
  const removed: number[] = [];
  const blobs = listBlobs(cache).toSorted((a, b) => a.usedAt - b.usedAt);
  let total = sumBytes(blobs);
  for (const blob of blobs) {
    if (total <= maximum) break;
    if (blob.usedAt >= oldestUse(cache.root, users) || !evict(cache, blob)) continue;
    total -= blob.bytes;
    removed.push(blob.bytes);
  }
  return removed;
}

/**
 * A blob is taken away before it is looked at again: a process that asks for it from then on finds it absent and fetches it,
 * and one that asked just before has left its mark on it, and gets it back.
 */
function evict(cache: Cache, { path, usedAt }: Blob): boolean {
  const aside = cache.temporary();
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return false;
    throw storageError(error, path);
  }
  if (factsOf(aside)?.mtimeMs === usedAt) {
    remove(aside);
    return true;
  }
  renameSync(aside, path);
  return false;
}

type Folder = 'blobs' | typeof CELLS;

async function isIntact({ path, digest, folder }: Blob): Promise<boolean> {
  try {
    if (folder === CELLS) return contentOfCell(readFileSync(path)) !== undefined;
    return (await digestFile(path)) === digest;
  } catch {
    return false;
  }
}

function listBlobs(cache: Cache): readonly Blob[] {
  return (['blobs', CELLS] as const).flatMap((folder) => {
    const root = join(cache.root, folder);
    return namesIn(root).flatMap((prefix) =>
      namesIn(join(root, prefix)).flatMap((name): readonly Blob[] => {
        const path = join(root, prefix, name);
        const facts = factsOf(path);
        if (!facts) return [];
        const { size: bytes, mtimeMs: usedAt } = facts;
        return [{ path, folder, digest: `sha256:${name}`, bytes, usedAt }];
      }),
    );
  });
}

function factsOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    throw storageError(error, path);
  }
}

function tallyOf(sizes: readonly number[]): Tally {
  return { files: sizes.length, bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) };
}

function sumBytes(blobs: readonly Blob[]): number {
  return blobs.reduce((sum, { bytes }) => sum + bytes, 0);
}
