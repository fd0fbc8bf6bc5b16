import { createReadStream, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Compression, compressionOf, decompressStream } from '../codecs/read.ts';
import { InputError, storageError } from '../errors.ts';
import { makeScratch } from '../scratch.ts';
import { type ByteSource, FileSource } from '../streams/source.ts';
import { Budget } from '../trees/budget.ts';
import { contentSource } from '../trees/content.ts';
import { readTar, type TarEntry } from '../trees/tar.ts';
import { writeChunks } from '../write-whole.ts';

/** Files below one place: a directory, or a tar of one that is read where it lies unless it is compressed. */
export interface Files {
  readonly path: string;
  has(name: string): boolean;
  /** Of a tar all members; of a directory what lies directly in it. */
  names(): Iterable<string>;
  /** Throws a StorageError or InputError where there is no such file. */
  open(name: string): ByteSource;
  /** Path of a file of its own; undefined inside a tar. */
  pathOf(name: string): string | undefined;
  close(): void;
}

/** Opens them for as long as `work` takes. */
export async function withFiles<Result>(
  path: string,
  work: (files: Files) => Promise<Result>,
): Promise<Result> {
  const files = await openFiles(path);
  try {
    return await work(files);
  } finally {
    files.close();
  }
}

async function openFiles(path: string): Promise<Files> {
  try {
    if (statSync(path).isDirectory()) return new Directory(path);
    const compression = fileCompression(path);
    return compression === 'none' ? new Archive(path) : await decompressed(path, compression);
  } catch (error) {
    throw storageError(error, path);
  }
}

export function fileCompression(path: string): Compression {
  const source = new FileSource(path);
  try {
    return compressionOf(source);
  } finally {
    source.close();
  }
}

/** Members are read in any order: the whole tar lies beside until it is closed. */
async function decompressed(path: string, compression: Compression): Promise<Files> {
  const scratch = makeScratch();
  const place = join(scratch, 'archive.tar');
  const clear = (): void => rmSync(scratch, { recursive: true, force: true });
  try {
    const bytes = decompressStream(createReadStream(path), compression, { file: path });
    await writeChunks(place, 'wx', bytes, false);
    return new Archive(path, place, clear);
  } catch (error) {
    clear();
    throw storageError(error, place);
  }
}

class Directory implements Files {
  readonly path: string;
  readonly #opened: FileSource[] = [];

  constructor(path: string) {
    this.path = path;
  }

  has(name: string): boolean {
    return existsSync(join(this.path, name));
  }

  names(): readonly string[] {
    try {
      return readdirSync(this.path);
    } catch (error) {
      throw storageError(error, this.path);
    }
  }

  open(name: string): ByteSource {
    const source = new FileSource(this.pathOf(name));
    this.#opened.push(source);
    return source;
  }

  pathOf(name: string): string {
    return join(this.path, name);
  }

  close(): void {
    for (const source of this.#opened) source.close();
  }
}

/** Without its name, which would be held twice. */
type Member = Pick<TarEntry, 'type' | 'linkTarget' | 'segments'>;

class Archive implements Files {
  readonly path: string;
  readonly #source: FileSource;
  readonly #members: ReadonlyMap<string, Member>;

  readonly #clear: () => void;

  /** @param place where its tar lies @param clear ends what was made for it */
  constructor(path: string, place: string = path, clear: () => void = () => {}) {
    this.path = path;
    this.#source = new FileSource(place);
    this.#clear = clear;
    try {
      const { entries } = readTar(this.#source, { file: path }, new Budget('listingBytes'));
      this.#members = new Map(
        entries.map(({ path: name, type, linkTarget, segments }) => [
          normal(name),
          { type, linkTarget, segments },
        ]),
      );
    } catch (error) {
      this.#source.close();
      throw error;
    }
  }

  has(name: string): boolean {
    return this.#members.has(normal(name));
  }

  names(): Iterable<string> {
    return this.#members.keys();
  }

  open(name: string): ByteSource {
    return contentSource({ sources: [this.#source] }, this.#follow(name));
  }

  pathOf(_name: string): undefined {
    return undefined;
  }

  close(): void {
    this.#source.close();
    this.#clear();
  }

  /** `docker save` stores a layer that is there twice as a link; what a link names must be in the archive. */
  #follow(name: string): Member {
    let place = normal(name);
    for (let depth = 0; depth < 8; depth++) {
      const entry = this.#members.get(place);
      if (!entry) break;
      if (entry.type === 'file') return entry;
      if (entry.type === 'symlink') place = normal(join(place, '..', entry.linkTarget));
      else if (entry.type === 'hardlink') place = normal(entry.linkTarget);
      else break;
    }
    throw new InputError(
      `no file '${name}' in the archive`,
      { file: this.path, entry: place },
      'the archive is damaged: save it again',
    );
  }
}

export function normal(path: string): string {
  const joined = join('/', path).slice(1);
  return joined === path ? path : joined;
}
