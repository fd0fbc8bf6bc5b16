import {
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { StorageError, storageError, UsageError } from './errors.ts';
import { isTemporary, probe } from './write-whole.ts';

/** What a command is to write: refused where something is there already, before the work is done and again before it is written. */

/** Throws where the directory is there and holds something, or cannot be one, or nothing can be written into it. */
export function checkNewDirectory(directory: string): void {
  let names: readonly string[];
  try {
    names = readdirSync(directory).filter((name) => !isTemporary(name));
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') {
      checkIsDirectory(directory);
      throw storageError(error, directory);
    }
    names = [];
  }
  if (names.includes('index.json')) {
    throw new UsageError(`${directory} holds an image already`, {}, 'name a new directory');
  }
  if (names.length > 0) {
    throw new StorageError(
      `${directory} is not empty`,
      { file: directory },
      'name a new directory, or one that is empty',
    );
  }
  checkWritable(directory);
}

/** Throws where anything is there, or the directory it is to lie in is missing or takes no file. */
export function checkNewFile(path: string): void {
  let isFree: boolean;
  try {
    isFree = lstatSync(path, { throwIfNoEntry: false }) === undefined;
    if (isFree) readdirSync(join(path, '..'));
  } catch (error) {
    throw storageError(error, path);
  }
  if (!isFree) {
    throw new StorageError(
      `${path} exists already`,
      { file: path },
      'name a new file, or remove this one',
    );
  }
  probe(dirname(resolve(path)), path);
}

/** Throws where something else than a directory is there, or nothing can be. */
export function checkIsDirectory(path: string): void {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory()) return;
    if (!found) {
      checkIsBelowDirectory(path);
      return;
    }
  } catch (error) {
    throw storageError(error, path);
  }
  throw new StorageError(`${path} is no directory`, { file: path }, 'name a new directory');
}

/** Throws a StorageError where a directory takes no file, or cannot be made. Leaves nothing. */
export function checkWritable(directory: string): void {
  checkIsDirectory(directory);
  probe(nearestTo(directory), directory);
}

/** Node 24 says of a path below a file that nothing is there, others throw. */
function checkIsBelowDirectory(path: string): void {
  if (!statSync(nearestTo(path)).isDirectory()) throw storageError({ code: 'ENOTDIR' }, path);
}

/** The path, or what is there of those above it. */
function nearestTo(path: string): string {
  let place = resolve(path);
  while (!existsSync(place) && place !== dirname(place)) place = dirname(place);
  return place;
}

/** A file that a verb writes under a name of its own into a directory that holds other things. */
export interface NamedFile {
  readonly path: string;
  /** Found near the beginning of what ocibench wrote under this name. */
  readonly sign: RegExp;
}

/** Throws where such files cannot be written, and a UsageError where one of them is there that ocibench did not write. */
export function checkShared(directory: string, files: readonly NamedFile[]): void {
  checkWritable(directory);
  for (const { path, sign } of files) {
    if (isOurs(path, sign)) continue;
    throw new UsageError(
      `${path} is there already, and none of ocibench's: it would be replaced`,
      {},
      'give another directory, or move the file',
    );
  }
}

/** Bytes of a file that are looked at. */
const LOOKED_AT = 4096;

/** True where there is none. */
function isOurs(path: string, sign: RegExp): boolean {
  try {
    const facts = statSync(path, { throwIfNoEntry: false });
    if (facts === undefined) return lstatSync(path, { throwIfNoEntry: false }) === undefined;
    return facts.isFile() && sign.test(beginningOf(path));
  } catch (error) {
    throw storageError(error, path);
  }
}

function beginningOf(path: string): string {
  const descriptor = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(LOOKED_AT);
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, LOOKED_AT, 0));
  } finally {
    closeSync(descriptor);
  }
}
