import { createHash } from 'node:crypto';
import type { ByteSource } from '../streams/source.ts';
import { contentSource } from '../trees/content.ts';
import type { Entry, Inode, Tree } from '../trees/tree.ts';
import type { Contents } from './contents.ts';

/** What of a root file system changed in meaning, whatever the model: METHODS.md, "Edits", has the rules. */
export interface Changes {
  /** Bytes of files. */
  readonly contentBytes: number;
  /** Bytes of names, modes, owners, times and what else is no content. */
  readonly metadataBytes: number;
}

/** One of the two images of a step. */
export interface Side {
  readonly tree: Tree;
  /** Of the same tree: spares digesting its files again. */
  readonly contents: Pick<Contents, 'paths' | 'digests'>;
}

const [TYPE, MODE, OWNER, TIME, DEVICE] = [1, 2, 4, 8, 8];

/** Exact; what only went costs its name. */
export function changesBetween(before: Side, after: Side): Changes {
  const [old, own] = [describe(before), new Described(after)];
  const seen = new Set<Inode>();
  const contents = new Set<string>();
  let [contentBytes, metadataBytes] = [0, 0];
  /** Directories that came as they were elsewhere. */
  let moved: string | undefined;
  for (const entry of after.tree.entries) {
    const { path, inode } = entry;
    if (moved !== undefined && path.startsWith(moved)) continue;
    moved = undefined;
    const known = old.entry(path)?.inode;
    // Edits leave what they do not name the same objects.
    if (known === inode) continue;
    if (!known) metadataBytes += nameOf(path).length;
    if (old.has(own.whole(entry))) {
      // Below a known directory all is the same as well, unless it lies elsewhere.
      if (inode.type === 'directory' && !known) moved = `${path}/`;
      if (!known) continue;
    }
    if (seen.has(inode)) continue;
    seen.add(inode);
    metadataBytes += known ? differingBytes(known, inode) : bytesOfFields(inode);
    if (inode.type !== 'file') continue;
    const digest = own.content(inode);
    if (old.hasContent(digest) || contents.has(digest)) continue;
    contents.add(digest);
    contentBytes +=
      known?.type === 'file'
        ? newBytes(contentSource(before.tree, known), contentSource(after.tree, inode))
        : inode.size;
  }
  let gone: string | undefined;
  for (const { path } of before.tree.entries) {
    if (own.entry(path) || (gone !== undefined && path.startsWith(gone))) continue;
    metadataBytes += nameOf(path).length;
    gone = `${path}/`;
  }
  return { contentBytes, metadataBytes };
}

const described = new WeakMap<Side, Described>();

/** Many edits are made to one image. */
function describe(side: Side): Described {
  const known = described.get(side) ?? new Described(side);
  described.set(side, known);
  return known;
}

/** A tree whose entries are named by all that they and what is below them hold. */
class Described {
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #contents = new Map<Inode, string>();
  readonly #digests = new Set<string>();
  /** Path → digest of the entry, without its own name, and of all below. */
  readonly #wholes = new Map<string, string>();
  readonly #known = new Set<string>();

  constructor({ tree, contents }: Side) {
    this.#entries = new Map(tree.entries.map((entry) => [entry.path, entry]));
    for (const [number, path] of contents.paths.entries()) {
      const digest = Buffer.from(contents.digests.subarray(32 * number, 32 * (number + 1)));
      this.#contents.set(this.#entries.get(path)!.inode, digest.toString('hex'));
      this.#digests.add(digest.toString('hex'));
    }
    const below = new Map<string, string[]>();
    // Children come after their parents.
    for (const { path, inode } of tree.entries.toReversed()) {
      const children = below.get(path) ?? [];
      below.delete(path);
      const whole = wholeOf(inode, this.#contents.get(inode), children.sort());
      this.#wholes.set(path, whole);
      this.#known.add(whole);
      const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
      if (path === '') continue;
      const siblings = below.get(parent);
      const row = `${nameOf(path)}\0${whole}`;
      if (siblings) siblings.push(row);
      else below.set(parent, [row]);
    }
  }

  entry(path: string): Entry | undefined {
    return this.#entries.get(path);
  }

  content(inode: Inode): string {
    return this.#contents.get(inode)!;
  }

  hasContent(digest: string): boolean {
    return this.#digests.has(digest);
  }

  whole({ path }: Entry): string {
    return this.#wholes.get(path)!;
  }

  has(whole: string): boolean {
    return this.#known.has(whole);
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Everything but names and content: value, and bytes that it counts as. */
function fieldsOf(inode: Inode): readonly (readonly [value: string, bytes: number])[] {
  const { type, mode, uid, gid, userName, groupName, mtime, xattrs, target, major, minor } = inode;
  const attributes = [...xattrs].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    [type, TYPE],
    [String(mode), MODE],
    [String(uid), OWNER],
    [String(gid), OWNER],
    [userName, userName.length],
    [groupName, groupName.length],
    [String(mtime), TIME],
    [Buffer.from(target).toString('latin1'), target.length],
    [`${major}:${minor}`, type.endsWith('-device') ? DEVICE : 0],
    ...attributes.map(
      ([name, value]) =>
        [`${name}\0${Buffer.from(value).toString('latin1')}`, name.length + value.length] as const,
    ),
  ];
}

const leaves = new WeakMap<Inode, string>();

/** What is no directory has nothing below it: named once an inode. */
function wholeOf(inode: Inode, content: string | undefined, children: readonly string[]): string {
  const known = children.length === 0 ? leaves.get(inode) : undefined;
  if (known !== undefined) return known;
  const text = JSON.stringify([fieldsOf(inode), content, children]);
  const whole = createHash('sha256').update(text).digest('hex');
  if (children.length === 0) leaves.set(inode, whole);
  return whole;
}

function bytesOfFields(inode: Inode): number {
  return fieldsOf(inode).reduce((sum, [, bytes]) => sum + bytes, 0);
}

/** Fields that are other ones now; an extended attribute that went counts nothing. */
function differingBytes(old: Inode, own: Inode): number {
  const known = fieldsOf(old);
  const values = new Set(known.slice(PLAIN_FIELDS).map(([value]) => value));
  return fieldsOf(own).reduce((sum, [value, bytes], index) => {
    const isSame = index < PLAIN_FIELDS ? known[index]![0] === value : values.has(value);
    return isSame ? sum : sum + bytes;
  }, 0);
}

/** Before the extended attributes. */
const PLAIN_FIELDS = 9;

const WINDOW = 1 << 16;

/** Of a changed file: what is left of it without the longest beginning and the longest end that the old one has as well. */
function newBytes(old: ByteSource, own: ByteSource): number {
  const shorter = Math.min(old.length, own.length);
  const head = commonBytes(shorter, (from, into) => {
    old.read(from, into[0]);
    own.read(from, into[1]);
  });
  const tail = commonBytes(shorter - head, (from, into) => {
    const length = into[0].length;
    old.read(old.length - from - length, into[0]);
    own.read(own.length - from - length, into[1]);
    into[0].reverse();
    into[1].reverse();
  });
  return own.length - head - tail;
}

/** @param read puts the next bytes of both, in the order in which they are compared */
function commonBytes(
  most: number,
  read: (from: number, into: readonly [Uint8Array, Uint8Array]) => void,
): number {
  for (let from = 0; from < most; from += WINDOW) {
    const length = Math.min(WINDOW, most - from);
    const [one, other] = [new Uint8Array(length), new Uint8Array(length)];
    read(from, [one, other]);
    if (Buffer.compare(one, other) === 0) continue;
    return from + one.findIndex((byte, index) => byte !== other[index]);
  }
  return most;
}
