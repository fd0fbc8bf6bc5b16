import { chmodSync, lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StorageError, writeError } from './errors.ts';

type Path = string | Buffer;

/** Directories that are being filled: a process that ends in the middle leaves none. */
const unfinished = new Set<NewDirectory>();
let isWatched = false;

/** A directory that is being filled: it is complete in the end, or what was put there goes again. */
export class NewDirectory {
  readonly #path: string;
  /** The topmost directory that was made for it. */
  readonly #made: string | undefined;
  readonly #own: Path[] = [];

  /** Makes it with those above it; what is there already stays. Throws a StorageError. */
  constructor(directory: string) {
    this.#path = resolve(directory);
    try {
      this.#made = mkdirSync(this.#path, { recursive: true });
    } catch (error) {
      throw writeError(error, directory);
    }
    if (!isWatched) process.once('exit', removeAll);
    isWatched = true;
    unfinished.add(this);
  }

  /** Says that this process made something there: another one may fill the same directory. */
  own(path: Path): void {
    this.#own.push(path);
  }

  /** It is complete, and stays. */
  finish(): void {
    unfinished.delete(this);
  }

  /** Removes what is this process's. Throws a StorageError where something stays that is incomplete. */
  remove(): void {
    this.finish();
    try {
      for (const path of this.#own) removeTree(path);
    } catch (cause) {
      throw new StorageError(
        `cannot remove what is in ${this.#path}`,
        { file: this.#path },
        'it is incomplete: remove it',
        { cause },
      );
    }
    this.#removeEmpty();
  }

  #removeEmpty(): void {
    if (this.#made === undefined) return;
    try {
      for (let path = this.#path; path.length >= this.#made.length; path = dirname(path)) {
        rmdirSync(path);
      }
    } catch {
      // Somebody else has put something there.
    }
  }
}

function removeAll(): void {
  for (const directory of unfinished) {
    try {
      directory.remove();
    } catch {}
  }
}

/** Also where directories have got a mode already that forbids to change them. */
function removeTree(path: Path): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    allow(Buffer.from(path));
    rmSync(path, { recursive: true, force: true });
  }
}

function allow(path: Buffer): void {
  if (!lstatSync(path).isDirectory()) return;
  chmodSync(path, 0o700);
  for (const name of readdirSync(path, { encoding: 'buffer' })) {
    allow(Buffer.concat([path, Buffer.from('/'), name]));
  }
}
