import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { storageError, UsageError } from '../errors.ts';
import { BlobHash } from './blob-hash.ts';
import { readSteps } from './file-digest.ts';

/** What is looked for: a blob of known bytes. */
interface Wanted {
  /** `sha256:…` or `sha512:…` */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/** Files of a folder, and of those below it, by their digests: names say nothing. Only files of the right size are read. */
export class LocalFiles {
  readonly directory: string;
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

  /** Path of a file with these bytes; undefined where there is none. */
  async find({ digest, size }: Wanted): Promise<string | undefined> {
    this.#bySize ??= listBySize(this.directory);
    for (const path of this.#bySize.get(size) ?? []) {
      if ((await digestOf(path, digest)) === digest) return path;
    }
    return undefined;
  }
}

/** By the algorithm of `promised`. */
async function digestOf(path: string, promised: string): Promise<string> {
  const hash = new BlobHash(promised);
  try {
    for await (const step of readSteps(path)) hash.update(step);
  } catch (error) {
    throw storageError(error, path);
  }
  return hash.digest();
}

function listBySize(root: string): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, string[]>();
  const visit = (directory: string): void => {
    for (const name of namesOf(directory)) {
      const path = join(directory, name);
      // A link to a file is one more name of it; a link to a folder may lead in a circle.
      if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) visit(path);
      else add(path);
    }
  };
  const add = (path: string): void => {
    const facts = statSync(path, { throwIfNoEntry: false });
    if (!facts?.isFile()) return;
    found.set(facts.size, [...(found.get(facts.size) ?? []), path]);
  };
  visit(root);
  return found;
}

function namesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory).sort();
  } catch (error) {
    throw storageError(error, directory);
  }
}
