import { InputError } from '../../../errors.ts';
import { limits } from '../../../limits.ts';
import { Budget } from '../../../trees/budget.ts';
import { type EntryType, type Inode, pathFromBytes } from '../../../trees/tree.ts';

/**
 * Metadata of an EROFS image, read from its bytes: Linux, Documentation/filesystems/erofs.rst and fs/erofs/erofs_fs.h.
 * Contents of regular files are left to whoever decompresses them.
 */

export interface ErofsEntry {
  /** As in a tree: latin1, '' for the root. */
  readonly path: string;
  /** Equal for hardlinks. */
  readonly number: number;
  readonly inode: Omit<Inode, 'segments'>;
}

interface Super {
  readonly bytes: Buffer;
  readonly blockBytes: number;
  /** Where inodes and shared attributes start: bytes. */
  readonly inodes: number;
  readonly attributes: number;
  /** Time of compact inodes: nanoseconds. */
  readonly time: bigint;
}

/** An inode as it lies on disk. */
interface Raw {
  readonly layout: number;
  readonly mode: number;
  readonly size: number;
  /** Block address or device number. */
  readonly address: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: bigint;
  /** Where its attributes start, and what lies behind them: bytes. */
  readonly attributes: number;
  readonly end: number;
}

const SUPER = 1024;
const MAGIC = 0xe0f5e1e2;
const INODE_UNIT = 32;
const DIRENT = 12;
const FLAT_PLAIN = 0;
const FLAT_INLINE = 2;
/** Names of attributes start with one of these, by number. */
const PREFIXES = [
  '',
  'user.',
  'system.posix_acl_access',
  'system.posix_acl_default',
  'trusted.',
  '',
  'security.',
];
const TYPES: Readonly<Record<number, EntryType>> = {
  1: 'fifo',
  2: 'character-device',
  4: 'directory',
  6: 'block-device',
  8: 'file',
  10: 'symlink',
};

/** Every path of the image. Throws an InputError where the bytes are no such image. */
export function readErofs(image: Uint8Array): readonly ErofsEntry[] {
  const bytes = Buffer.from(image.buffer, image.byteOffset, image.length);
  try {
    return readAllEntries(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError('the EROFS image points beyond its end', {}, 'pack the image again', {
      cause: error,
    });
  }
}

function readAllEntries(bytes: Buffer): readonly ErofsEntry[] {
  if (bytes.readUInt32LE(SUPER) !== MAGIC) throw damaged('has no superblock');
  const blockBytes = 2 ** bytes.readUInt8(SUPER + 12);
  const image: Super = {
    bytes,
    blockBytes,
    inodes: blockBytes * bytes.readUInt32LE(SUPER + 40),
    attributes: blockBytes * bytes.readUInt32LE(SUPER + 44),
    time: readTime(bytes, SUPER + 24),
  };
  const entries: ErofsEntry[] = [];
  const known = new Set<number>();
  const budget = new Budget();
  const visit = (path: string, number: number): void => {
    const raw = readInode(image, number);
    if (path.length > limits.pathBytes) throw damaged(`has a path of ${path.length} bytes`);
    if (entries.length >= limits.entries) throw damaged(`has more than ${limits.entries} entries`);
    const inode = describe(image, raw);
    const where = { entry: path };
    budget.charge(path.length + inode.target.length, where);
    for (const [name, value] of inode.xattrs) budget.chargeRecord(name, value, where);
    entries.push({ path, number, inode });
    if (inode.type !== 'directory') return;
    if (known.has(number)) throw damaged('has a directory with two names');
    known.add(number);
    for (const [name, child] of readDirectory(image, raw)) {
      visit(path === '' ? name : `${path}/${name}`, child);
    }
  };
  visit('', bytes.readUInt16LE(SUPER + 14));
  return entries;
}

function readInode({ bytes, inodes, time }: Super, number: number): Raw {
  const at = inodes + INODE_UNIT * number;
  const format = bytes.readUInt16LE(at);
  const count = bytes.readUInt16LE(at + 2);
  const isExtended = (format & 1) === 1;
  const attributes = at + (isExtended ? 64 : 32);
  return {
    layout: (format >> 1) & 7,
    mode: bytes.readUInt16LE(at + 4),
    size: isExtended ? Number(bytes.readBigUInt64LE(at + 8)) : bytes.readUInt32LE(at + 8),
    address: bytes.readUInt32LE(at + 16),
    uid: isExtended ? bytes.readUInt32LE(at + 24) : bytes.readUInt16LE(at + 24),
    gid: isExtended ? bytes.readUInt32LE(at + 28) : bytes.readUInt16LE(at + 26),
    mtime: isExtended ? readTime(bytes, at + 32) : time,
    attributes,
    end: attributes + (count === 0 ? 0 : 12 + 4 * (count - 1)),
  };
}

function describe(image: Super, raw: Raw): Omit<Inode, 'segments'> {
  const { mode, size, uid, gid, mtime, address } = raw;
  const type = TYPES[mode >> 12];
  if (!type) throw damaged(`has an inode of mode ${mode.toString(8)}`);
  const isDevice = type.endsWith('-device');
  return {
    type,
    mode: mode & 0o7777,
    uid,
    gid,
    userName: '',
    groupName: '',
    mtime,
    xattrs: readAttributes(image, raw),
    target: type === 'symlink' ? readFlat(image, raw) : new Uint8Array(0),
    // As the kernel's new_encode_dev lays them out.
    major: isDevice ? (address >> 8) & 0xfff : 0,
    minor: isDevice ? (address & 0xff) | ((address >>> 12) & 0xfff00) : 0,
    size: type === 'file' ? size : 0,
  };
}

/** Data that is not compressed: whole blocks at an address, and with `inline` the last of them behind the inode. */
function readFlat({ bytes, blockBytes }: Super, { layout, size, address, end }: Raw): Uint8Array {
  if (layout !== FLAT_PLAIN && layout !== FLAT_INLINE) throw damaged(`has layout ${layout} here`);
  if (size > bytes.length) throw damaged(`has a directory or link of ${size} bytes`);
  const start = address * blockBytes;
  if (layout === FLAT_PLAIN) return slice(bytes, start, size);
  const whole = size === 0 ? 0 : blockBytes * (Math.ceil(size / blockBytes) - 1);
  const head = whole === 0 ? new Uint8Array(0) : slice(bytes, start, whole);
  return Buffer.concat([head, slice(bytes, end, size - whole)]);
}

function* readDirectory(image: Super, raw: Raw): Generator<readonly [name: string, child: number]> {
  const all = Buffer.from(readFlat(image, raw));
  for (let offset = 0; offset < all.length; offset += image.blockBytes) {
    const block = all.subarray(offset, offset + image.blockBytes);
    const count = block.readUInt16LE(8) / DIRENT;
    for (let index = 0; index < count; index++) {
      const start = block.readUInt16LE(DIRENT * index + 8);
      const next = index + 1 < count ? block.readUInt16LE(DIRENT * (index + 1) + 8) : block.length;
      const name = pathFromBytes(block.subarray(start, next)).replace(/\0.*$/s, '');
      if (name === '.' || name === '..') continue;
      yield [name, Number(block.readBigUInt64LE(DIRENT * index))];
    }
  }
}

function readAttributes(
  { bytes, attributes: shared }: Super,
  { attributes, end }: Raw,
): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  if (attributes === end) return found;
  const sharedCount = bytes.readUInt8(attributes + 4);
  const own = attributes + 12 + 4 * sharedCount;
  for (let index = 0; index < sharedCount; index++) {
    readAttribute(bytes, shared + 4 * bytes.readUInt32LE(attributes + 12 + 4 * index), found);
  }
  for (let at = own; at < end; ) at = readAttribute(bytes, at, found);
  return found;
}

/** Returns where the next one starts. */
function readAttribute(bytes: Buffer, at: number, found: Map<string, Uint8Array>): number {
  const nameLength = bytes.readUInt8(at);
  const prefix = PREFIXES[bytes.readUInt8(at + 1)];
  const valueLength = bytes.readUInt16LE(at + 2);
  if (prefix === undefined) throw damaged('has an attribute of an unknown kind');
  const name = pathFromBytes(slice(bytes, at + 4, nameLength));
  found.set(`${prefix}${name}`, slice(bytes, at + 4 + nameLength, valueLength));
  return at + Math.ceil((4 + nameLength + valueLength) / 4) * 4;
}

function readTime(bytes: Buffer, at: number): bigint {
  return bytes.readBigUInt64LE(at) * 1_000_000_000n + BigInt(bytes.readUInt32LE(at + 8));
}

function slice(bytes: Buffer, start: number, length: number): Uint8Array {
  if (start + length > bytes.length) throw new RangeError(`${start}+${length}`);
  return Uint8Array.from(bytes.subarray(start, start + length));
}

function damaged(what: string): InputError {
  return new InputError(`the EROFS image ${what}`, {}, 'pack the image again');
}
