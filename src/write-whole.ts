import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { claim } from './claims.ts';
import { errorCode, writeError } from './errors.ts';
import { NewDirectory } from './new-directory.ts';
import { identify, stateOfTag, TAG, tagOf } from './processes.ts';

/**
 * Every byte that goes to a disk goes through here, since `write` alone may take fewer bytes than it is given: on a full disk,
 * at a limit of file sizes, when a signal comes. Files appear complete or not at all.
 */

/** Writes all of it to a file that is open. Throws a StorageError with the path and what the system said. */
export function writeAll(descriptor: number, content: Uint8Array | string, path: string): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  try {
    for (let done = 0; done < bytes.length; ) {
      const count = writeSync(descriptor, bytes, done, bytes.length - done);
      // POSIX leaves open what a device means by it; to ask for ever is no answer.
      if (count === 0) throw Object.assign(new Error('nothing is taken'), { code: 'EIO' });
      done += count;
    }
  } catch (error) {
    throw writeError(error, path);
  }
}

export interface FileOptions {
  /** Of a new file. */
  readonly mode?: number;
  /** True where there must be none before. */
  readonly isNew?: boolean;
  /** What errors call it, where that is not its path. */
  readonly name?: string;
}

/** A file that others do not look for until the whole directory is there; one that cannot be written whole is removed. */
export function writeFile(
  path: string | Buffer,
  content: Uint8Array | string | Iterable<Uint8Array>,
  { mode = 0o666, isNew = false, name = path.toString() }: FileOptions = {},
): void {
  const descriptor = attempt(name, () => openSync(path, isNew ? 'wx' : 'w', mode));
  try {
    for (const part of partsOf(content)) writeAll(descriptor, part, name);
  } catch (error) {
    closeSync(descriptor);
    rmSync(path, { force: true });
    throw error;
  }
  closeWhole(descriptor, path);
}

/** Replaces a file: it is complete or as it was before. */
export function writeWhole(path: string, content: Uint8Array | string): void {
  writeTogether([[path, content]]);
}

/** Replaces files that belong together: all are complete before the first is replaced. */
export function writeTogether(
  files: readonly (readonly [path: string, content: Uint8Array | string])[],
): void {
  const staged: Staged[] = [];
  try {
    for (const [path, content] of files) staged.push(stage(path, partsOf(content)));
    for (const [index, [path]] of files.entries()) {
      attempt(path, () => renameSync(staged[index]!.temporary, path));
    }
  } catch (error) {
    for (const { temporary } of staged) rmSync(temporary, { force: true });
    throw error;
  } finally {
    for (const { release } of staged) release();
  }
}

/** A file where none may be before: it appears complete or not at all. Throws a StorageError where there is one. */
export function writeNew(path: string, content: Iterable<Uint8Array> | string): void {
  const { temporary, release } = stage(path, partsOf(content));
  try {
    attempt(path, () => placeNew(temporary, path));
  } finally {
    rmSync(temporary, { force: true });
    release();
  }
}

/** Appends all of it, or leaves the file as long as it was. */
export function appendWhole(path: string, text: string): void {
  const before = statSync(path, { throwIfNoEntry: false })?.size;
  const descriptor = attempt(path, () => openSync(path, 'a'));
  try {
    writeAll(descriptor, text, path);
  } catch (error) {
    // A part of a line would be joined to what is appended next.
    try {
      if (before === undefined) rmSync(path, { force: true });
      else ftruncateSync(descriptor, before);
    } catch {
      // A device has no length; what went wrong before is the news.
    }
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Cuts what follows. */
export function truncateFile(path: string, length: number): void {
  attempt(path, () => {
    const descriptor = openSync(path, 'r+');
    try {
      ftruncateSync(descriptor, length);
    } finally {
      closeSync(descriptor);
    }
  });
}

/**
 * Writes chunks as they come, then flushes what is kept. What arrived before a failure stays: the caller knows what it is worth.
 */
export async function writeChunks(
  path: string,
  flag: 'wx' | 'a',
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  isKept = true,
): Promise<void> {
  const file = await open(path, flag).catch((error: unknown) => {
    throw writeError(error, path);
  });
  try {
    // Into the page cache: a turn through the thread pool takes longer than the copy.
    for await (const chunk of chunks) writeAll(file.fd, chunk, path);
    const flush = isKept ? file.sync() : Promise.resolve();
    await flush.catch((error: unknown) => {
      throw writeError(error, path);
    });
  } finally {
    await file.close();
  }
}

const TEMPORARY = new RegExp(`^\\.ocibench-(${TAG})-[0-9a-f]{8}\\.tmp$`);

/** Removes the temporary files that processes left in a directory which were killed while they wrote. */
export function sweepTemporary(directory: string): void {
  for (const name of readdirSync(directory)) {
    const tag = TEMPORARY.exec(name)?.[1];
    if (tag !== undefined && stateOfTag(tag) === 'ended') {
      rmSync(join(directory, name), { force: true });
    }
  }
}

interface Staged {
  readonly temporary: string;
  /** To be called when it is gone. */
  release(): void;
}

/**
 * Throws a StorageError where no file can be made in a directory: one is made there, and removed.
 * @param meant path that is to lie there, and that the error names
 */
export function probe(directory: string, meant: string = directory): void {
  const path = join(directory, temporaryName());
  const release = claim({ kind: 'path', path: resolve(path) });
  try {
    attempt(meant, () => closeSync(openSync(path, 'wx')));
    rmSync(path, { force: true });
  } finally {
    release();
  }
}

function temporaryName(): string {
  return `.ocibench-${tagOf(identify())}-${randomBytes(4).toString('hex')}.tmp`;
}

/** True for what {@link sweepTemporary} may find: none of it is content of a directory. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/** The whole content in a file beside the one that is meant, flushed: some file systems tell only then that they are full. */
function stage(path: string, parts: Iterable<Uint8Array | string>): Staged {
  const temporary = join(dirname(path), temporaryName());
  const descriptor = attempt(path, () => openSync(temporary, 'wx'));
  const release = claim({ kind: 'path', path: resolve(temporary) });
  try {
    for (const part of parts) writeAll(descriptor, part, path);
    attempt(path, () => fsyncSync(descriptor));
  } catch (error) {
    closeSync(descriptor);
    rmSync(temporary, { force: true });
    release();
    throw error;
  }
  closeWhole(descriptor, temporary);
  return { temporary, release };
}

/** Opens a new file that {@link writeAll} fills part by part; {@link closeWhole} ends it. */
export function openNew(path: string): number {
  return attempt(path, () => openSync(path, 'wx'));
}

/** Opens a file, or makes it, to add to its end by {@link writeAll}; {@link closeWhole} ends it. */
export function openAppended(path: string): number {
  return attempt(path, () => openSync(path, 'a'));
}

/** File systems of networks tell when a file is closed that they could not keep it. */
export function closeWhole(descriptor: number, path: string | Buffer): void {
  try {
    closeSync(descriptor);
  } catch (error) {
    rmSync(path, { force: true });
    throw writeError(error, path.toString());
  }
}

const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** True where a file system without links refused to give a file a name. */
export function isWithoutLinks(error: unknown): boolean {
  return NO_LINKS.includes(errorCode(error) ?? '');
}

/** Gives a complete file its name, unless that is taken. Throws the system's error. */
function placeNew(temporary: string, path: string): void {
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (!isWithoutLinks(error)) throw error;
    if (existsSync(path)) {
      throw Object.assign(new Error(`${path} exists`), { code: 'EEXIST' });
    }
    renameSync(temporary, path);
  }
}

function partsOf(
  content: Uint8Array | string | Iterable<Uint8Array>,
): Iterable<Uint8Array | string> {
  return typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
}

function attempt<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw writeError(error, path);
  }
}

/** Writes files together into a directory, which is made where it is missing: a failure leaves nothing of it. */
export function writeInto(directory: string, files: Parameters<typeof writeTogether>[0]): void {
  const made = new NewDirectory(directory);
  try {
    writeTogether(files);
    made.finish();
  } catch (error) {
    made.remove();
    throw error;
  }
}
