import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { StorageError, storageError } from '../errors.ts';
import { limits } from '../limits.ts';
import { changed, type FileFacts, isInState } from './file-state.ts';

/** Random-access bytes. `read` fills the whole of `into` from `offset`, or throws a RangeError. */
export interface ByteSource {
  /** Length in bytes. */
  readonly length: number;
  /** Fills all of `into` from this offset, bytes; throws a RangeError beyond the end. */
  read(offset: number, into: Uint8Array): void;
  /** Stands for bytes that nobody made: it has a length, and a {@link summary} that is hashed in their place. */
  readonly isStandIn?: boolean;
  /** Of a stand-in: the same for two ranges where their bytes would be the same. */
  summary?(offset: number, length: number): Uint8Array;
}

export function readAll(source: ByteSource): Uint8Array {
  return readRange(source, 0, source.length);
}

export function readRange(source: ByteSource, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  source.read(offset, bytes);
  return bytes;
}

/** Bytes hashed, and taken to be written, at a time. */
const HASHED = 1 << 20;
const TAKEN = 4 << 20;

/** Hashes all bytes through one buffer: new ones would be gigabytes of garbage before they are collected. */
export function hashSource(source: ByteSource, hash: { update(bytes: Uint8Array): unknown }): void {
  if (source.isStandIn && source.summary) {
    hash.update(source.summary(0, source.length));
    return;
  }
  for (const step of piecesInTurn(source)) hash.update(step);
}

/** All of it, some MiB at a time. */
export function* pieces(source: ByteSource): Generator<Uint8Array> {
  for (let offset = 0; offset < source.length; offset += TAKEN) {
    yield readRange(source, offset, Math.min(TAKEN, source.length - offset));
  }
}

/** As {@link pieces}, through one buffer: each holds until the next. */
export function* piecesInTurn(source: ByteSource): Generator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(HASHED, source.length));
  for (let offset = 0; offset < source.length; offset += HASHED) {
    const step = buffer.subarray(0, Math.min(HASHED, source.length - offset));
    source.read(offset, step);
    yield step;
  }
}

export function checkRange(source: ByteSource, offset: number, length: number): void {
  if (offset < 0 || offset + length > source.length) {
    throw new RangeError(`bytes ${offset}..${offset + length} of a source of ${source.length}`);
  }
}

/** Bytes in memory, shared with the caller. */
export class MemorySource implements ByteSource {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get length(): number {
    return this.bytes.length;
  }

  read(offset: number, into: Uint8Array): void {
    checkRange(this, offset, into.length);
    into.set(this.bytes.subarray(offset, offset + into.length));
  }
}

/** Files that were read and are still to be checked; undefined where every read checks its own. */
let unchecked: Set<FileSource> | undefined;

/**
 * Asks once, after all reads of `work`, whether the files are in the state they were verified in, instead of after each read:
 * what was read from one that changed does not get out, nor does an error that came of it.
 */
export function checkedOnce<Result>(work: () => Result): Result {
  if (unchecked) return work();
  const read = new Set<FileSource>();
  unchecked = read;
  try {
    return work();
  } finally {
    unchecked = undefined;
    for (const source of read) source.check();
  }
}

/** What this thread keeps open, in the order of opening. */
const opened = new Set<FileSource>();

/**
 * A regular file, opened on first use and kept open while no more than `limits.openFiles` are. It travels to a worker as its
 * path: see {@link describeSource}. Throws a StorageError.
 */
export class FileSource implements ByteSource {
  readonly path: string;
  readonly length: number;
  /** In which its bytes were verified; undefined for files of ours, which nobody changes. */
  readonly state: string | undefined;
  #descriptor: number | undefined;

  /**
   * @param state as in file-state.ts: every read fails once the file is in another
   * @param length where it is known, and there is no state: nobody asks the system again
   */
  constructor(path: string, state?: string, length?: number) {
    this.path = path;
    this.state = state;
    if (state === undefined && length !== undefined) {
      this.length = length;
      return;
    }
    try {
      const facts = statSync(path);
      if (!facts.isFile()) throw notRegular(path, facts.isDirectory());
      this.length = facts.size;
      this.#checkState(facts);
    } catch (error) {
      throw storageError(error, path);
    }
  }

  read(offset: number, into: Uint8Array): void {
    this.readAt(offset, into, 0, into.length);
  }

  /** Fills `length` bytes of `into` from `start` on: a view of its own for each of many small pieces takes as long as to read them. */
  readAt(offset: number, into: Uint8Array, start: number, length: number): void {
    checkRange(this, offset, length);
    try {
      const descriptor = this.#open();
      for (let done = 0; done < length; ) {
        const count = readSync(descriptor, into, start + done, length - done, offset + done);
        if (count === 0) throw new RangeError(`${this.path} became shorter while it was read`);
        done += count;
      }
      if (unchecked && this.state !== undefined) unchecked.add(this);
      else if (this.state !== undefined) this.#checkState(fstatSync(descriptor));
    } catch (error) {
      throw storageError(error, this.path);
    }
  }

  /** Throws where the file is in another state than its bytes were verified in. */
  check(): void {
    try {
      this.#checkState(fstatSync(this.#open()));
    } catch (error) {
      throw storageError(error, this.path);
    }
  }

  #checkState(facts: FileFacts): void {
    if (this.state !== undefined && !isInState(facts, this.state)) throw changed(this.path);
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
    opened.delete(this);
  }

  #open(): number {
    if (this.#descriptor !== undefined) return this.#descriptor;
    const [oldest] = opened;
    if (oldest && opened.size >= limits.openFiles) oldest.close();
    try {
      this.#descriptor = openSync(this.path, 'r');
    } catch (error) {
      // The system may allow less than we do; what is open here can be opened again.
      if ((error as { code?: unknown }).code !== 'EMFILE' || opened.size === 0) throw error;
      for (const source of [...opened]) source.close();
      this.#descriptor = openSync(this.path, 'r');
    }
    opened.add(this);
    return this.#descriptor;
  }
}

/** Of a pipe or a device nobody knows how long it is, and it cannot be read twice. */
function notRegular(path: string, isDirectory: boolean): StorageError {
  return new StorageError(
    `cannot read ${path}: it is ${isDirectory ? 'a directory' : 'no regular file'}`,
    { file: path },
    isDirectory ? 'name a file' : 'write it to a file first',
  );
}

/** What of a source can be sent to another thread. */
export type SourceDescriptor =
  | { readonly path: string; readonly state: string | undefined; readonly length: number }
  | { readonly bytes: Uint8Array };

export function describeSource(source: ByteSource): SourceDescriptor {
  if (source instanceof FileSource) {
    const { path, state, length } = source;
    return { path, state, length };
  }
  return { bytes: source instanceof MemorySource ? source.bytes : readAll(source) };
}

export function openSource(descriptor: SourceDescriptor): ByteSource {
  return 'path' in descriptor
    ? new FileSource(descriptor.path, descriptor.state, descriptor.length)
    : new MemorySource(descriptor.bytes);
}
