import { join } from 'node:path';
import { makeDirectories } from '../make-directories.ts';
import { Rope } from '../streams/rope.ts';
import { type ByteSource, piecesInTurn, type SourceDescriptor } from '../streams/source.ts';
import { closeWhole, openNew, writeAll } from '../write-whole.ts';

/** A chunk store as casync has it: a file an object, `1234/1234….cacnk`, in directories by the first two bytes of the name. */

/** Longer objects are written in several steps: bytes. */
const AT_ONCE = 4 << 20;

/** Where a chunk store keeps the object of this name: the sha256 of its content, hexadecimal. */
export function objectPath(directory: string, name: string): string {
  return join(directory, relativePath(name));
}

function relativePath(name: string): string {
  return `${name.slice(0, 4)}/${name}.cacnk`;
}

/** A store that several threads write to, no object twice. Who makes it removes all of it where one of them fails. */
export interface SharedStore {
  readonly directory: string;
  /** 1 for each of the 65536 directories that is there; threads share it. */
  readonly made: Uint8Array;
}

export function shareStore(directory: string): SharedStore {
  return { directory, made: new Uint8Array(new SharedArrayBuffer(1 << 16)) };
}

/** Writes objects one after another, each in parts. */
export class ObjectFiles {
  readonly #store: SharedStore;
  #path = '';
  #descriptor: number | undefined;
  #length = 0;

  constructor(store: SharedStore) {
    this.#store = store;
  }

  /** Bytes so far, of all objects. */
  get length(): number {
    return this.#length;
  }

  /** Ends the object before. @param name sha256 of the content */
  begin(name: Uint8Array): void {
    this.close();
    const { directory, made } = this.#store;
    // A copy: no runtime makes text of memory that threads share.
    const hex = Buffer.from(name).toString('hex');
    const folder = (name[0]! << 8) | name[1]!;
    // Two threads may find it missing at once, which costs a refused call.
    if (made[folder] === 0) makeDirectories(join(directory, hex.slice(0, 4)));
    made[folder] = 1;
    // Once an object, and join(…) takes long.
    this.#path = `${directory}/${relativePath(hex)}`;
    this.#descriptor = openNew(this.#path);
  }

  append(bytes: Uint8Array): void {
    writeAll(this.#descriptor!, bytes, this.#path);
    this.#length += bytes.length;
  }

  /** Nothing is left to be read from here. */
  finish(): SourceDescriptor {
    this.close();
    return { bytes: new Uint8Array(0) };
  }

  close(): void {
    if (this.#descriptor === undefined) return;
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    closeWhole(descriptor, this.#path);
  }
}

/** In place of bytes that were written to a store already. */
export class StoredAlready implements ByteSource {
  readonly length: number;
  readonly #directory: string;

  constructor(directory: string, length: number) {
    this.#directory = directory;
    this.length = length;
  }

  read(): never {
    throw new Error(`these objects lie in ${this.#directory}`);
  }
}

/** Objects that lie end to end in one source. */
export interface StoredObjects {
  readonly store: SharedStore;
  /** Their names: sha256 of the content, 32 bytes each. */
  readonly digests: Uint8Array;
  /** As they are stored: bytes. */
  readonly lengths: Float64Array;
}

/** Writes those whose names begin with a byte that falls to this thread: each directory is made by one. */
export function storeObjects(
  source: ByteSource,
  { store, digests, lengths }: StoredObjects,
  thread: number,
  threads: number,
): void {
  const files = new ObjectFiles(store);
  let buffer = new Uint8Array(1 << 16);
  let offset = 0;
  try {
    for (const [number, length] of lengths.entries()) {
      const start = offset;
      offset += length;
      if (digests[32 * number]! % threads !== thread) continue;
      files.begin(digests.subarray(32 * number, 32 * number + 32));
      if (length > AT_ONCE) {
        for (const part of piecesInTurn(new Rope().slice(source, start, length)))
          files.append(part);
        continue;
      }
      if (length > buffer.length) buffer = new Uint8Array(2 * length);
      const bytes = buffer.subarray(0, length);
      source.read(start, bytes);
      files.append(bytes);
    }
  } finally {
    files.close();
  }
}
