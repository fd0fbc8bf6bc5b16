import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, storageError, UsageError } from '../errors.ts';
import { BlobHash } from './blob-hash.ts';
import { readSteps } from './file-digest.ts';

/** What is looked for: a blob of known bytes. */
interface Wanted {
  /** `sha256:…` or `sha512:…` */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/** What the folder has and nobody can look into, or read. */
export interface PassedOver {
  readonly path: string;
  /** `EACCES` and the like. */
  readonly code: string;
}

/**
 * Files of a folder, and of those below it, by their digests: names say nothing. Only files of the right size are read. What
 * cannot be read is passed over: the folder is somebody's, and has what has nothing to do with the images.
 */
export class LocalFiles {
  readonly directory: string;
  readonly #passedOver = new Map<string, PassedOver>();
  #bySize: ReadonlyMap<number, readonly string[]> | undefined;

  /** Throws a UsageError for what is no folder, a StorageError for what cannot be read. */
  constructor(directory: string) {
    this.directory = directory;
    try {
      if (statSync(directory).isDirectory()) return;
    } catch (error) {
      throw storageError(error, directory);
    }
    throw new UsageError(
      `${directory} is no folder`,
      { file: directory },
      'give the folder that has the files',
    );
  }

  /** In the order of the names, as far as anything was looked for: what is missing may be there. */
  get passedOver(): readonly PassedOver[] {
    return [...this.#passedOver.values()];
  }

  /** Path of a file with these bytes; undefined where there is none. Throws a StorageError where the folder itself cannot be read. */
  async find({ digest, size }: Wanted): Promise<string | undefined> {
    this.#bySize ??= this.#listBySize();
    for (const path of this.#bySize.get(size) ?? []) {
      if ((await this.#digestOf(path, digest)) === digest) return path;
    }
    return undefined;
  }

  /** By the algorithm of `promised`; undefined where the file cannot be read. */
  async #digestOf(path: string, promised: string): Promise<string | undefined> {
    const hash = new BlobHash(promised);
    try {
      for await (const step of readSteps(path)) hash.update(step);
    } catch (error) {
      this.#passOver(error, path);
      return undefined;
    }
    return hash.digest();
  }

  #listBySize(): ReadonlyMap<number, readonly string[]> {
    const found = new Map<number, string[]>();
    const visit = (directory: string, names: readonly string[]): void => {
      for (const name of names) look(join(directory, name));
    };
    const look = (path: string): void => {
      try {
        // A link to a file is one more name of it; a link to a folder may lead in a circle.
        if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) {
          visit(path, namesIn(path));
          return;
        }
        const facts = statSync(path, { throwIfNoEntry: false });
        if (facts?.isFile()) found.set(facts.size, [...(found.get(facts.size) ?? []), path]);
      } catch (error) {
        this.#passOver(error, path);
      }
    };
    try {
      visit(this.directory, namesIn(this.directory));
    } catch (error) {
      throw storageError(error, this.directory);
    }
    return found;
  }

  #passOver(error: unknown, path: string): void {
    const code = errorCode(error);
    // Where the machine is short of something, every file would be passed over.
    if (code === undefined || SHORTAGES.has(code)) throw storageError(error, path);
    this.#passedOver.set(path, { path, code });
  }
}

const SHORTAGES: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN']);

function namesIn(directory: string): readonly string[] {
  return readdirSync(directory).sort();
}
