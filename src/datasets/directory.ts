import { lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, storageError } from '../errors.ts';
import { limits } from '../limits.ts';
import { type ByteSource, FileSource } from '../streams/source.ts';
import { Budget } from '../trees/budget.ts';
import { checkTime } from '../trees/ranges.ts';
import { type Entry, type EntryType, type Inode, pathFromBytes, type Tree } from '../trees/tree.ts';

/** Directories on disk as root file systems. */

export function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw storageError(error, path);
  }
}

/**
 * A directory as a tree: hardlinks are found by device and inode number, times are whole milliseconds, sockets are left
 * out, extended attributes cannot be read from JavaScript. Throws an InputError for names that are not UTF-8.
 */
export function readDirectory(root: string): Tree {
  const entries: Entry[] = [];
  const sources: ByteSource[] = [];
  const links = new Map<string, Inode>();
  const budget = new Budget();
  const visit = (place: string, path: string): void => {
    try {
      const facts = lstatSync(place, { bigint: true });
      const type = typeOf(facts);
      if (!type) return;
      const where = { file: place };
      budget.charge(path.length, where);
      if (entries.length >= limits.entries) {
        throw new InputError(`more than ${limits.entries} entries`, where, 'raise limits.entries');
      }
      const key = `${facts.dev}:${facts.ino}`;
      const known = facts.nlink > 1n && type !== 'directory' ? links.get(key) : undefined;
      if (known) {
        entries.push({ path, inode: known });
        return;
      }
      const isFile = type === 'file' && facts.size > 0n;
      const size = isFile ? Number(facts.size) : 0;
      const source = isFile ? sources.push(new LazyFile(place, size)) - 1 : 0;
      const [major, minor] = type.endsWith('-device') ? deviceNumbers(facts.rdev) : [0, 0];
      const inode: Inode = {
        type,
        mode: Number(facts.mode & 0o7777n),
        uid: Number(facts.uid),
        gid: Number(facts.gid),
        userName: '',
        groupName: '',
        mtime: checkTime(wholeMilliseconds(facts.mtimeNs), { file: place }),
        xattrs: new Map(),
        target: type === 'symlink' ? utf8Bytes(readlinkSync(place), place) : new Uint8Array(0),
        major,
        minor,
        segments: isFile ? [{ source, offset: 0, length: size }] : [],
        size,
      };
      budget.charge(inode.target.length, where);
      links.set(key, inode);
      entries.push({ path, inode });
      if (type !== 'directory') return;
      for (const name of readdirSync(place).sort()) {
        const latin1 = pathFromBytes(utf8Bytes(name, place));
        visit(join(place, name), path === '' ? latin1 : `${path}/${latin1}`);
      }
    } catch (error) {
      throw storageError(error, place);
    }
  };
  visit(realpathSync(root), '');
  return { entries, sources };
}

/** Text of the file system as the bytes it was read from. Not both runtimes give bytes themselves. */
function utf8Bytes(text: string, place: string): Uint8Array {
  if (!text.includes('\ufffd')) return new TextEncoder().encode(text);
  throw new InputError(
    `a file name or link in ${place} is not UTF-8`,
    { file: place },
    'pack the directory with tar and give the tar',
  );
}

/** Deno knows no finer times; an image must be the same on both runtimes. */
function wholeMilliseconds(nanoseconds: bigint): bigint {
  return nanoseconds - (((nanoseconds % 1_000_000n) + 1_000_000n) % 1_000_000n);
}

/** Opened for one read at a time: a tree has more files than a process may hold open. */
class LazyFile implements ByteSource {
  readonly path: string;
  readonly length: number;

  constructor(path: string, length: number) {
    this.path = path;
    this.length = length;
  }

  read(offset: number, into: Uint8Array): void {
    const file = new FileSource(this.path);
    try {
      file.read(offset, into);
    } finally {
      file.close();
    }
  }
}

interface Facts {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isCharacterDevice(): boolean;
  isBlockDevice(): boolean;
  isFIFO(): boolean;
}

/** undefined for a socket: it has no meaning in an image. */
function typeOf(facts: Facts): EntryType | undefined {
  if (facts.isFile()) return 'file';
  if (facts.isDirectory()) return 'directory';
  if (facts.isSymbolicLink()) return 'symlink';
  if (facts.isCharacterDevice()) return 'character-device';
  if (facts.isBlockDevice()) return 'block-device';
  return facts.isFIFO() ? 'fifo' : undefined;
}

/** Linux packs both numbers into one (makedev(3)). */
function deviceNumbers(device: bigint): readonly [major: number, minor: number] {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n);
  const minor = (device & 0xffn) | ((device >> 12n) & 0xffffff00n);
  return [Number(major), Number(minor)];
}
