import type { Where } from '../errors.ts';
import { limits } from '../limits.ts';
import { Budget } from '../trees/budget.ts';
import {
  type Entry,
  type EntryType,
  type Inode,
  NO_TARGET,
  NO_XATTRS,
  type Segments,
} from '../trees/tree.ts';
import { checkEntries } from './check.ts';
import type { ByteReader, ByteWriter } from './varint.ts';

/**
 * How metadata roots write paths and inodes:
 *
 *     entry  = shared:n rest:bytes type:n body       path = the first `shared` bytes of the path before, then `rest`
 *     body   = first:n                               type 6, a hardlink: number of the entry it links to
 *            | inode
 *     inode  = mode:n uid:n gid:n user:bytes group:bytes mtime:signed xattrs:n (name:bytes value:bytes)* more
 *     more   = (file) content, which differs between roots | (symlink) target:bytes | (device) major:n minor:n
 *
 * Numbers are base 128, bytes carry their length, entries are in the order of a depth-first walk. zstd takes care of what repeats.
 */
const TYPES: readonly EntryType[] = [
  'file',
  'directory',
  'symlink',
  'character-device',
  'block-device',
  'fifo',
];
export const HARDLINK: number = TYPES.length;

/** Says what a file of a root consists of. */
export type WriteContent = (writer: ByteWriter, inode: Inode) => void;
export type ReadContent = (reader: ByteReader) => Pick<Inode, 'size' | 'segments'>;
/** Told of every entry where in the root it starts: bytes. */
export type Visit = (path: string, offset: number) => void;

export function writeEntries(
  writer: ByteWriter,
  entries: readonly Entry[],
  writeContent: WriteContent,
): void {
  const numbers = new Map<Inode, number>();
  let before = '';
  for (const [number, { path, inode }] of entries.entries()) {
    const shared = sharedLength(before, path);
    writer.number(shared).latin1(path.slice(shared));
    before = path;
    const first = inode.type === 'directory' ? undefined : numbers.get(inode);
    if (first !== undefined) {
      writer.number(HARDLINK).number(first);
      continue;
    }
    numbers.set(inode, number);
    writeInode(writer, inode, writeContent);
  }
}

/** Reads to the end; throws an InputError where the bytes are no entries of a tree. */
export function readEntries(
  reader: ByteReader,
  readContent: ReadContent,
  visit: Visit = () => {},
): readonly Entry[] {
  const entries: Entry[] = [];
  const budget = new Budget();
  let before = '';
  while (!reader.isAtEnd) {
    const start = reader.offset;
    const shared = reader.number();
    if (shared > before.length) throw reader.fault('a path shares more than there is');
    const path = before.slice(0, shared) + reader.latin1();
    // Every path may repeat the one before: long ones are refused before they multiply.
    if (path.length > limits.pathBytes) throw reader.fault(`a path has ${path.length} bytes`);
    if (entries.length >= limits.entries) throw reader.fault(`more than ${limits.entries} entries`);
    const where = { entry: path, offset: reader.offset };
    budget.charge(path.length, where);
    visit(path, start);
    before = path;
    const type = reader.number();
    if (type === HARDLINK) {
      const first = entries[reader.number()];
      if (!first || first.inode.type === 'directory') {
        throw reader.fault('a hardlink points forwards or to a directory');
      }
      entries.push({ path, inode: first.inode });
    } else {
      entries.push({ path, inode: readInode(reader, type, readContent, budget, where) });
    }
  }
  return checkEntries(entries);
}

export function writeInode(writer: ByteWriter, inode: Inode, writeContent: WriteContent): void {
  writer
    .number(TYPES.indexOf(inode.type))
    .number(inode.mode)
    .number(inode.uid)
    .number(inode.gid)
    .latin1(inode.userName)
    .latin1(inode.groupName)
    .signed(inode.mtime)
    .number(inode.xattrs.size);
  for (const name of sortedNames(inode.xattrs)) {
    writer.latin1(name).bytes(inode.xattrs.get(name)!);
  }
  if (inode.type === 'file') writeContent(writer, inode);
  else if (inode.type === 'symlink') writer.bytes(inode.target);
  else if (inode.type.endsWith('-device')) writer.number(inode.major).number(inode.minor);
}

const NO_NAMES: readonly string[] = [];

function sortedNames(xattrs: ReadonlyMap<string, Uint8Array>): readonly string[] {
  return xattrs.size === 0 ? NO_NAMES : [...xattrs.keys()].sort();
}

export function readInode(
  reader: ByteReader,
  typeNumber: number,
  readContent: ReadContent,
  budget: Budget,
  where: Where,
): Inode {
  const type = TYPES[typeNumber];
  if (!type) throw reader.fault(`unknown type ${typeNumber}`);
  const mode = reader.number();
  const uid = reader.number();
  const gid = reader.number();
  const userName = reader.latin1();
  const groupName = reader.latin1();
  const mtime = reader.signed();
  const xattrs = readXattrs(reader, budget, where);
  budget.charge(userName.length + groupName.length, where);
  if (mode > 0o7777) throw reader.fault(`a mode is ${mode.toString(8)}`);
  const target = type === 'symlink' ? reader.bytes() : NO_TARGET;
  budget.charge(target.length, where);
  const isDevice = type.endsWith('-device');
  const major = isDevice ? reader.number() : 0;
  const minor = isDevice ? reader.number() : 0;
  const { size, segments } = type === 'file' ? readContent(reader) : NO_CONTENT;
  return {
    type,
    mode,
    uid,
    gid,
    userName,
    groupName,
    mtime,
    xattrs,
    target,
    major,
    minor,
    segments,
    size,
  };
}

const NO_CONTENT: Pick<Inode, 'size' | 'segments'> = { size: 0, segments: [] };

/** A file's content as one piece of one source. */
export function wholeSegment(
  source: number,
  offset: number,
  size: number,
): { readonly size: number; readonly segments: Segments } {
  return { size, segments: size > 0 ? [{ source, offset, length: size }] : [] };
}

function readXattrs(
  reader: ByteReader,
  budget: Budget,
  where: Where,
): ReadonlyMap<string, Uint8Array> {
  let count = reader.number();
  if (count === 0) return NO_XATTRS;
  const xattrs = new Map<string, Uint8Array>();
  for (; count > 0; count--) {
    const name = reader.latin1();
    const value = reader.bytes();
    budget.chargeRecord(name, value, where);
    xattrs.set(name, value);
  }
  return xattrs;
}

function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a.charCodeAt(length) === b.charCodeAt(length))
    length++;
  return length;
}
