import { resolve } from 'node:path';
import { claim, removeEmpty, removeTree } from './claims.ts';
import { StorageError } from './errors.ts';
import { makeDirectories } from './make-directories.ts';

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
  readonly #releases: (() => void)[] = [];
  #isOwn = false;

  /** Makes it with those above it; what is there already stays. Throws a StorageError. */
  constructor(directory: string) {
    this.#path = resolve(directory);
    this.#made = makeDirectories(this.#path);
    if (this.#made !== undefined) {
      this.#releases.push(claim({ kind: 'empty', path: this.#path, top: this.#made }));
    }
    if (!isWatched) process.once('exit', removeAll);
    isWatched = true;
    unfinished.add(this);
  }

  /** Says that this process made something there: another one may fill the same directory. */
  own(path: Path): void {
    this.#own.push(path);
    if (this.#isOwn) return;
    const place = typeof path === 'string' ? resolve(path) : path;
    this.#releases.push(claim({ kind: 'path', path: place }));
  }

  /** Says that all that will be there is this process's, which has seen that nothing was. */
  ownAll(): void {
    this.#isOwn = true;
    this.#releases.push(
      claim(
        this.#made === undefined
          ? { kind: 'contents', path: this.#path }
          : { kind: 'path', path: this.#made },
      ),
    );
  }

  /** True where this process has made it. */
  get isNew(): boolean {
    return this.#made !== undefined;
  }

  /** It is complete, and stays. */
  finish(): void {
    unfinished.delete(this);
    this.#release();
  }

  /** Removes what is this process's. Throws a StorageError where something stays that is incomplete. */
  remove(): void {
    unfinished.delete(this);
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
    if (this.#made !== undefined) removeEmpty(this.#path, this.#made);
    this.#release();
  }

  #release(): void {
    for (const release of this.#releases.splice(0)) release();
  }
}

function removeAll(): void {
  for (const directory of unfinished) {
    try {
      directory.remove();
    } catch {}
  }
}
