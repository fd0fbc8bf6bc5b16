import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StorageError, storageError, UsageError } from './errors.ts';

/** What a command is to write: refused where something is there already, before the work is done and again before it is written. */

/** Throws where the directory is there and holds something, or cannot be one. */
export function checkNewDirectory(directory: string): void {
  let names: readonly string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return;
    checkIsDirectory(directory);
    throw storageError(error, directory);
  }
  if (names.includes('index.json')) {
    throw new UsageError(`${directory} holds an image already`, {}, 'name a new directory');
  }
  if (names.length === 0) return;
  throw new StorageError(
    `${directory} is not empty`,
    { file: directory },
    'name a new directory, or one that is empty',
  );
}

/** Throws where anything is there, or the directory it is to lie in is missing. */
export function checkNewFile(path: string): void {
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) {
      readdirSync(join(path, '..'));
      return;
    }
  } catch (error) {
    throw storageError(error, path);
  }
  throw new StorageError(
    `${path} exists already`,
    { file: path },
    'name a new file, or remove this one',
  );
}

/** Throws where something else than a directory is there, or nothing can be. */
export function checkIsDirectory(path: string): void {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== false) return;
  } catch (error) {
    throw storageError(error, path);
  }
  throw new StorageError(`${path} is no directory`, { file: path }, 'name a new directory');
}
