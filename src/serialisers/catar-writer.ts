import { Rope } from '../streams/rope.ts';
import { comparePaths, type Entry, HOLE, type Tree } from '../trees/tree.ts';
import {
  CAPABILITY_XATTR,
  CATAR,
  ENTRY_SIZE,
  FEATURE_FLAGS,
  ITEM_SIZE,
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
  const rope = new Rope().reserve(...roomFor(tree));
  const open: Open[] = [];
  const records = new Records();
  for (const entry of tree.entries.toSorted((a, b) => comparePaths(a.path, b.path))) {
    const { path, inode } = entry;
    while (open.length > 0 && !isBelow(path, open.at(-1)!.path)) close(rope, records, open);
    let start = rope.length;
    if (path !== '') {
      const name = path.slice(path.lastIndexOf('/') + 1);
      open.at(-1)!.items.push({ hash: sipHash(NAME_KEY, name), start, end: 0 });
      records.begin(CATAR.filename, name.length + 1).text(name);
      start += records.length;
    }
    writeInode(rope, records, entry, tree);
    if (inode.type === 'directory') open.push({ path, start, items: [] });
    else open.at(-1)!.items.at(-1)!.end = rope.length;
  }
  while (open.length > 0) close(rope, records, open);
  return rope;
}

/** Most pieces that a catar has, and bytes between contents. */
function roomFor({ entries }: Tree): [pieces: number, literals: number] {
  let pieces = 1;
  let literals = 0;
  for (const { path, inode } of entries) {
    const { type, segments, target, xattrs } = inode;
    // A file name, an entry, and what follows it: a table, a target, device numbers or the head of a payload.
    literals += RECORD_HEADER + path.length + 1 + ENTRY_SIZE + ITEM_SIZE;
    literals += RECORD_HEADER + (type === 'directory' ? ITEM_SIZE : target.length + 16);
    for (const [name, value] of xattrs) literals += RECORD_HEADER + name.length + 1 + value.length;
    if (type === 'file') pieces += 1 + segments.length;
  }
  return [pieces, literals];
}

function isBelow(path: string, directory: string): boolean {
  return (
    directory === '' || (path.startsWith(directory) && path.charCodeAt(directory.length) === SLASH)
  );
}

const SLASH = 0x2f;

/** Its records go to the rope with those that wait before them. */
function writeInode(rope: Rope, records: Records, { inode }: Entry, tree: Tree): void {
  records
    .begin(CATAR.entry, ENTRY_SIZE - RECORD_HEADER)
    .word(FEATURE_FLAGS)
    .number(TYPE_BITS[inode.type] | inode.mode)
    .number(0)
    .number(inode.uid)
    .number(inode.gid)
    .word(inode.mtime);

  if (inode.xattrs.size > 0) writeXattrs(records, inode.xattrs);
  if (inode.type === 'symlink') {
    records
      .begin(CATAR.symlink, inode.target.length + 1)
      .bytes(inode.target)
      .text('');
  } else if (inode.type.endsWith('-device')) {
    records.begin(CATAR.device, 16).number(inode.major).number(inode.minor);
  } else if (inode.type === 'file') {
    records.begin(CATAR.payload, inode.size);
    rope.literal(records.take());
    for (const { source, offset, length } of inode.segments) {
      if (source === HOLE) rope.zeros(length);
      else rope.slice(tree.sources[source]!, offset, length);
    }
    return;
  }
  rope.literal(records.take());
}

function writeXattrs(records: Records, xattrs: ReadonlyMap<string, Uint8Array>): void {
  for (const name of [...xattrs.keys()].sort()) {
    if (name === CAPABILITY_XATTR) continue;
    const value = xattrs.get(name)!;
    records
      .begin(CATAR.xattr, name.length + 1 + value.length)
      .text(name)
      .bytes(value);
  }
  const capabilities = xattrs.get(CAPABILITY_XATTR);
  if (capabilities) records.begin(CATAR.fileCapabilities, capabilities.length).bytes(capabilities);
}

/** Writes the table of the innermost directory; offsets count backwards from the table. */
function close(rope: Rope, records: Records, open: Open[]): void {
  const { start, items } = open.pop()!;
  const here = rope.length;
  const sorted = items.toSorted((a, b) =>
    a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : a.start - b.start,
  );
  const size = ITEM_SIZE * (items.length + 1);
  records.begin(CATAR.goodbye, size);
  for (const { hash, start: from, end } of searchTree(sorted)) {
    records
      .number(here - from)
      .number(end - from)
      .word(hash);
  }
  records
    .number(here - start)
    .number(RECORD_HEADER + size)
    .word(CATAR.goodbyeTail);
  rope.literal(records.take());
  const parent = open.at(-1)?.items.at(-1);
  if (parent) parent.end = rope.length;
}

/** Records that wait to be written together, in memory that is used again. */
class Records {
  #bytes = new Uint8Array(1 << 12);
  #view = new DataView(this.#bytes.buffer);
  length = 0;

  /** Size and type of a record, and room for so many bytes of content. */
  begin(type: bigint, bytes: number): this {
    const needed = this.length + RECORD_HEADER + bytes;
    // What follows a payload is no record: it is never here.
    if (type !== CATAR.payload && needed > this.#bytes.length) this.#grow(needed);
    else if (this.length + RECORD_HEADER > this.#bytes.length) this.#grow(2 * this.length);
    return this.number(RECORD_HEADER + bytes).word(type);
  }

  number(value: number): this {
    this.#view.setUint32(this.length, value % WORD, true);
    this.#view.setUint32(this.length + 4, Math.floor(value / WORD), true);
    this.length += 8;
    return this;
  }

  /** Modulo 2⁶⁴. */
  word(value: bigint): this {
    this.#view.setBigUint64(this.length, value, true);
    this.length += 8;
    return this;
  }

  /** NUL-terminated. @param latin1 one character a byte */
  text(latin1: string): this {
    for (let index = 0; index < latin1.length; index++) {
      this.#bytes[this.length++] = latin1.charCodeAt(index);
    }
    this.#bytes[this.length++] = 0;
    return this;
  }

  bytes(bytes: Uint8Array): this {
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
    return this;
  }

  /** Those that wait, until the next begins. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.length);
    this.length = 0;
    return taken;
  }

  #grow(needed: number): void {
    const grown = new Uint8Array(2 * needed);
    grown.set(this.#bytes.subarray(0, this.length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

const WORD = 2 ** 32;

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

export function words(...values: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(8 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setBigUint64(8 * index, value, true);
  return bytes;
}
