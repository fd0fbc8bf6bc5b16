import { limits } from '../limits.ts';
import { comparePaths, type Entry, type EntryType, type Inode, type Tree } from '../trees/tree.ts';
import { checkEntries } from './check.ts';
import type { StreamReference } from './serialiser.ts';
import { ByteReader, ByteWriter } from './varint.ts';

/**
 * The flat metadata root: every path with its inode, every file with the digests of its chunks.
 *
 *     root   = "ocibroo1" entry*
 *     entry  = shared:n rest:bytes type:n body       path = the first `shared` bytes of the path before, then `rest`
 *     body   = first:n                               type 6, a hardlink: number of the entry it links to
 *            | mode:n uid:n gid:n user:bytes group:bytes mtime:signed xattrs:n (name:bytes value:bytes)* content
 *     content = (file) size:n chunks:n (length:n digest:32)*  | (symlink) target:bytes | (device) major:n minor:n
 *
 * Numbers are base 128, bytes carry their length, entries are in the order of a depth-first walk. zstd takes care of what repeats.
 */
const MAGIC = new TextEncoder().encode('ocibroo1');
const TYPES: readonly EntryType[] = [
  'file',
  'directory',
  'symlink',
  'character-device',
  'block-device',
  'fifo',
];
const HARDLINK = TYPES.length;

/** Files with content, each inode once, in the order in which the root lists them. */
export function filesOf(entries: readonly Entry[]): readonly Inode[] {
  const files = new Set<Inode>();
  for (const { inode } of entries) if (inode.type === 'file' && inode.size > 0) files.add(inode);
  return [...files];
}

export function sortEntries(tree: Tree): readonly Entry[] {
  return tree.entries.toSorted((a, b) => comparePaths(a.path, b.path));
}

/** @param references of the streams of {@link filesOf}, in order */
export function writeRoot(
  entries: readonly Entry[],
  references: readonly StreamReference[],
): Uint8Array {
  const writer = new ByteWriter().raw(MAGIC);
  const numbers = new Map<Inode, number>();
  let stream = 0;
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
    writeInode(writer, inode);
    if (inode.type === 'file') {
      const chunks = inode.size > 0 ? references[stream++]!.chunks : [];
      writer.number(inode.size).number(chunks.length);
      for (const { length, digest } of chunks) writer.number(length).raw(digest);
    } else if (inode.type === 'symlink') {
      writer.bytes(inode.target);
    } else if (inode.type.endsWith('-device')) {
      writer.number(inode.major).number(inode.minor);
    }
  }
  return writer.finish();
}

function writeInode(writer: ByteWriter, inode: Inode): void {
  writer
    .number(TYPES.indexOf(inode.type))
    .number(inode.mode)
    .number(inode.uid)
    .number(inode.gid)
    .latin1(inode.userName)
    .latin1(inode.groupName)
    .signed(inode.mtime)
    .number(inode.xattrs.size);
  for (const name of [...inode.xattrs.keys()].sort()) {
    writer.latin1(name).bytes(inode.xattrs.get(name)!);
  }
}

export interface Root {
  readonly entries: readonly Entry[];
  readonly references: readonly StreamReference[];
}

/** Throws an InputError where the bytes are no root. */
export function readRoot(bytes: Uint8Array): Root {
  const reader = new ByteReader(bytes);
  if (Buffer.compare(reader.raw(MAGIC.length), MAGIC) !== 0) throw reader.fault('it is none');
  const entries: Entry[] = [];
  const references: StreamReference[] = [];
  let before = '';
  while (!reader.isAtEnd) {
    const shared = reader.number();
    if (shared > before.length) throw reader.fault('a path shares more than there is');
    const path = before.slice(0, shared) + reader.latin1();
    // Every path may repeat the one before: long ones are refused before they multiply.
    if (path.length > limits.pathBytes) throw reader.fault(`a path has ${path.length} bytes`);
    before = path;
    const type = reader.number();
    if (type === HARDLINK) {
      const first = entries[reader.number()];
      if (!first || first.inode.type === 'directory') {
        throw reader.fault('a hardlink points forwards or to a directory');
      }
      entries.push({ path, inode: first.inode });
    } else {
      entries.push({ path, inode: readInode(reader, type, references) });
    }
  }
  return { entries: checkEntries(entries), references };
}

function readInode(reader: ByteReader, typeNumber: number, references: StreamReference[]): Inode {
  const type = TYPES[typeNumber];
  if (!type) throw reader.fault(`unknown type ${typeNumber}`);
  const inode = {
    type,
    mode: reader.number(),
    uid: reader.number(),
    gid: reader.number(),
    userName: reader.latin1(),
    groupName: reader.latin1(),
    mtime: reader.signed(),
    xattrs: readXattrs(reader),
    target: new Uint8Array(0),
    major: 0,
    minor: 0,
    segments: [],
    size: 0,
  } satisfies Inode;
  if (inode.mode > 0o7777) throw reader.fault(`a mode is ${inode.mode.toString(8)}`);
  if (type === 'symlink') return { ...inode, target: reader.bytes() };
  if (type.endsWith('-device')) return { ...inode, major: reader.number(), minor: reader.number() };
  if (type !== 'file') return inode;
  const size = reader.number();
  const chunks: StreamReference['chunks'][number][] = [];
  // Not allocated by the stated count: a damaged one is found where the bytes end.
  for (let count = reader.number(); count > 0; count--) {
    chunks.push({ length: reader.number(), digest: reader.raw(32) });
  }
  if (chunks.reduce((sum, chunk) => sum + chunk.length, 0) !== size) {
    throw reader.fault('the chunks of a file do not add up');
  }
  if (size === 0) return inode;
  const source = references.push({ length: size, chunks }) - 1;
  return { ...inode, size, segments: [{ source, offset: 0, length: size }] };
}

function readXattrs(reader: ByteReader): ReadonlyMap<string, Uint8Array> {
  const xattrs = new Map<string, Uint8Array>();
  for (let count = reader.number(); count > 0; count--) xattrs.set(reader.latin1(), reader.bytes());
  return xattrs;
}

function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a.charCodeAt(length) === b.charCodeAt(length))
    length++;
  return length;
}
