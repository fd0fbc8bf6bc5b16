import { createReadStream, type Stats, statSync } from 'node:fs';
import { decompressStream, detectCompression } from '../codecs/read.ts';
import { InputError, storageError, UsageError } from '../errors.ts';
import { FileSource, readRange } from '../streams/source.ts';
import { BLOCK, readHeader } from '../trees/header.ts';
import { readTar } from '../trees/tar.ts';

/** Files of the user → whether each is a tar, by its content: one check for all that takes them. */

/**
 * How much of an archive is read: all of it, so that one image is refused where it is damaged; its beginning, where it is opened
 * next; or no more than what tells what it is: damaged, one of several costs its own cells, which is found when it is fetched.
 */
export type Reading = 'whole' | 'beginning' | 'what it is';

/** `damaged`: compressed, and so that nothing of what is inside can be had; told only where not more is read. */
export type Archive = 'tar' | 'damaged';

export const TAKEN =
  'give a tar, a directory, an OCI layout, an archive of `docker save`, or a manifest';

/** What is there. Throws a UsageError where nothing is. */
export function statInput(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') throw storageError(error, path);
    throw new UsageError(`nothing is at '${path}'`, {}, 'check the path');
  }
}

/** Throws an InputError or StorageError for what cannot be the tar of a root file system, compressed or not. */
export async function checkTarFile(path: string): Promise<void> {
  if ((await inspectArchive(path, 'beginning')) !== undefined) return;
  throw new InputError(
    `${path} is no tar`,
    {},
    'give a tar, plain or compressed by gzip, zstd or xz',
  );
}

/**
 * undefined of a file that is neither compressed nor a tar. Throws an InputError for what is no regular file, for an empty one, for
 * what is compressed and holds no tar, and for damage that is met; a StorageError for what cannot be read.
 */
export async function inspectArchive(path: string, reading: Reading): Promise<Archive | undefined> {
  const facts = statInput(path);
  if (!facts.isFile()) {
    throw new InputError(`${path} is no regular file`, {}, 'write what it gives to a file first');
  }
  if (facts.size === 0) throw new InputError(`${path} is empty`, {}, TAKEN);
  const first = beginningOf(path);
  if (detectCompression(first) !== 'none') return inspectCompressed(path, first, reading);
  if (!isTarBlock(first)) return undefined;
  if (reading === 'whole') {
    const source = new FileSource(path);
    try {
      readTar(source, { file: path });
    } finally {
      source.close();
    }
  }
  return 'tar';
}

/** Of a file: at most a block. */
export function beginningOf(path: string): Uint8Array {
  const source = new FileSource(path);
  try {
    return readRange(source, 0, Math.min(BLOCK, source.length));
  } finally {
    source.close();
  }
}

/** True where a name says that a tar is inside, compressed or not. */
export function endsAsTar(path: string): boolean {
  return /\.(tar|tgz|txz|tzst|tar\.\w+)$/.test(path);
}

async function inspectCompressed(
  path: string,
  first: Uint8Array,
  reading: Reading,
): Promise<Archive> {
  let start: Uint8Array;
  try {
    start = await firstBlock(path, first, reading === 'whole');
  } catch (error) {
    if (reading === 'what it is' && error instanceof InputError) return 'damaged';
    throw error;
  }
  if (isTarBlock(start)) return 'tar';
  throw new InputError(`${path} is compressed, and holds no tar`, {}, TAKEN);
}

/** The first bytes of what a file holds, whatever it is compressed by. @param isRead to the end */
async function firstBlock(path: string, first: Uint8Array, isRead: boolean): Promise<Uint8Array> {
  const compressed = createReadStream(path, { highWaterMark: 1 << 20 });
  const start = new Uint8Array(BLOCK);
  let length = 0;
  try {
    const where = { file: path };
    for await (const bytes of decompressStream(compressed, detectCompression(first), where)) {
      const part = bytes.subarray(0, BLOCK - length);
      start.set(part, length);
      length += part.length;
      if (length === BLOCK && !isRead) break;
    }
  } catch (error) {
    throw storageError(error, path);
  }
  return start.subarray(0, length);
}

/** A header whose checksum is right, or the zeros that end an archive without entries. */
function isTarBlock(block: Uint8Array): boolean {
  if (block.length < BLOCK) return false;
  try {
    readHeader(block, {});
    return true;
  } catch (error) {
    // Its checksum was right where a number is wrong: what that means is said when all is read.
    return error instanceof InputError && !/checksum|chksum/.test(error.toString());
  }
}
