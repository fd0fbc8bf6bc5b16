import { Rope } from '../streams/rope.ts';
import { comparePaths, type Entry, HOLE, type Tree } from '../trees/tree.ts';
import {
  CAPABILITY_XATTR,
  CATAR,
  ENTRY_SIZE,
  FEATURE_FLAGS,
  NAME_KEY,
  RECORD_HEADER,
  TYPE_BITS,
} from './catar-format.ts';
import { sipHash } from './siphash.ts';

/** A directory while it is written. */
interface Open {
  readonly path: string;
  /** Where its entry record starts: bytes. */
  readonly start: number;
  readonly items: { readonly hash: bigint; readonly start: number; end: number }[];
}

/** The tree as one catar: a depth-first walk, every directory closed by a table of its names. Contents by reference. */
export function treeToCatar(tree: Tree): Rope {
  const rope = new Rope();
  const open: Open[] = [];
  for (const entry of tree.entries.toSorted((a, b) => comparePaths(a.path, b.path))) {
    const { path, inode } = entry;
    while (open.length > 0 && !isBelow(path, open.at(-1)!.path)) close(rope, open);
    if (path !== '') {
      const name = path.slice(path.lastIndexOf('/') + 1);
      open.at(-1)!.items.push({ hash: sipHash(NAME_KEY, name), start: rope.length, end: 0 });
      rope.literal(record(CATAR.filename, text(name)));
    }
    const start = rope.length;
    writeInode(rope, entry, tree);
    if (inode.type === 'directory') open.push({ path, start, items: [] });
    else open.at(-1)!.items.at(-1)!.end = rope.length;
  }
  while (open.length > 0) close(rope, open);
  return rope;
}

function isBelow(path: string, directory: string): boolean {
  return directory === '' || path.startsWith(`${directory}/`);
}

function writeInode(rope: Rope, { inode }: Entry, tree: Tree): void {
  const entry = new Uint8Array(ENTRY_SIZE);
  const view = new DataView(entry.buffer);
  view.setBigUint64(0, BigInt(ENTRY_SIZE), true);
  view.setBigUint64(8, CATAR.entry, true);
  view.setBigUint64(16, FEATURE_FLAGS, true);
  view.setBigUint64(24, BigInt(TYPE_BITS[inode.type] | inode.mode), true);
  view.setBigUint64(40, BigInt(inode.uid), true);
  view.setBigUint64(48, BigInt(inode.gid), true);
  view.setBigInt64(56, inode.mtime, true);
  rope.literal(entry);

  for (const name of [...inode.xattrs.keys()].sort()) {
    if (name === CAPABILITY_XATTR) continue;
    rope.literal(record(CATAR.xattr, text(name), inode.xattrs.get(name)!));
  }
  const capabilities = inode.xattrs.get(CAPABILITY_XATTR);
  if (capabilities) rope.literal(record(CATAR.fileCapabilities, capabilities));

  if (inode.type === 'symlink') {
    rope.literal(record(CATAR.symlink, inode.target, Uint8Array.of(0)));
  } else if (inode.type.endsWith('-device')) {
    rope.literal(record(CATAR.device, words(BigInt(inode.major), BigInt(inode.minor))));
  } else if (inode.type === 'file') {
    rope.literal(words(BigInt(RECORD_HEADER + inode.size), CATAR.payload));
    for (const { source, offset, length } of inode.segments) {
      if (source === HOLE) rope.zeros(length);
      else rope.slice(tree.sources[source]!, offset, length);
    }
  }
}

/** Writes the table of the innermost directory; offsets count backwards from the table. */
function close(rope: Rope, open: Open[]): void {
  const { start, items } = open.pop()!;
  const here = rope.length;
  const sorted = items.toSorted((a, b) =>
    a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : a.start - b.start,
  );
  const table = searchTree(sorted).flatMap(({ hash, start: from, end }) => [
    BigInt(here - from),
    BigInt(end - from),
    hash,
  ]);
  const size = RECORD_HEADER + 24 * (items.length + 1);
  const tail = [BigInt(here - start), BigInt(size), CATAR.goodbyeTail];
  rope.literal(words(BigInt(size), CATAR.goodbye, ...table, ...tail));
  const parent = open.at(-1)?.items.at(-1);
  if (parent) parent.end = rope.length;
}

/** Sorted items in the order of a complete binary search tree: the children of item n are 2n + 1 and 2n + 2. */
function searchTree<T>(sorted: readonly T[]): readonly T[] {
  const tree = new Array<T>(sorted.length);
  let next = 0;
  const fill = (node: number): void => {
    if (node >= sorted.length) return;
    fill(2 * node + 1);
    tree[node] = sorted[next++]!;
    fill(2 * node + 2);
  };
  fill(0);
  return tree;
}

/** NUL-terminated. */
function text(latin1: string): Uint8Array {
  return Buffer.from(`${latin1}\0`, 'latin1');
}

export function words(...values: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(8 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setBigUint64(8 * index, value, true);
  return bytes;
}

function record(type: bigint, ...parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, RECORD_HEADER);
  const bytes = new Uint8Array(size);
  bytes.set(words(BigInt(size), type));
  let offset = RECORD_HEADER;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
