import { join } from 'node:path';
import { storageError } from '../errors.ts';
import { makeDirectories } from '../make-directories.ts';
import { Rope } from '../streams/rope.ts';
import { type ByteSource, pieces } from '../streams/source.ts';
import { writeFile } from '../write-whole.ts';

/** A chunk store as casync has it: a file an object, `1234/1234….cacnk`, in directories by the first two bytes of the name. */

/** Objects that lie end to end in one source. */
export interface StoredObjects {
  readonly directory: string;
  /** Their names: sha256 of the content, 32 bytes each. */
  readonly digests: Uint8Array;
  /** As they are stored: bytes. */
  readonly lengths: Float64Array;
}

/** Longer objects are written in several steps: bytes. */
const AT_ONCE = 4 << 20;

/** Where a chunk store keeps the object of this name: the sha256 of its content, hexadecimal. */
export function objectPath(directory: string, name: string): string {
  return join(directory, name.slice(0, 4), `${name}.cacnk`);
}

/** Writes those whose names begin with a byte that falls to this thread: each directory is made by one, and once. */
export function storeObjects(
  source: ByteSource,
  { directory, digests, lengths }: StoredObjects,
  thread: number,
  threads: number,
): void {
  const names = Buffer.from(digests.slice().buffer);
  const made = new Uint8Array(1 << 16);
  let buffer = new Uint8Array(1 << 16);
  let offset = 0;
  for (const [number, length] of lengths.entries()) {
    const start = offset;
    offset += length;
    if (names[32 * number]! % threads !== thread) continue;
    const name = names.toString('hex', 32 * number, 32 * number + 32);
    const path = objectPath(directory, name);
    try {
      const folder = names.readUInt16BE(32 * number);
      if (made[folder] === 0) makeDirectories(join(directory, name.slice(0, 4)));
      made[folder] = 1;
      if (length > AT_ONCE) {
        writeFile(path, pieces(new Rope().slice(source, start, length)));
        continue;
      }
      if (length > buffer.length) buffer = new Uint8Array(2 * length);
      const bytes = buffer.subarray(0, length);
      source.read(start, bytes);
      writeFile(path, bytes);
    } catch (error) {
      throw storageError(error, path);
    }
  }
}
