import { contentDigest, isSamePlace } from './content.ts';
import type { Fidelity } from './fidelity.ts';
import { type Entry, HOLE, type Inode, type Tree } from './tree.ts';

/** One way in which a restored tree is not the original. */
export class Difference {
  readonly path: string;
  readonly what: string;

  constructor(path: string, what: string) {
    this.path = path;
    this.what = what;
  }

  toString(): string {
    return `/${this.path}: ${this.what}`;
  }
}

/**
 * Everything in which `restored` differs from `original`, as far as the fidelity vector promises it: at most `limit`
 * differences. Contents are compared by sha256, unless they are the same bytes of the same file.
 */
export function differences(
  original: Tree,
  restored: Tree,
  fidelity: Fidelity,
  limit = 100,
): readonly Difference[] {
  const found: Difference[] = [];
  const got = new Map<string, Entry>();
  for (const entry of restored.entries) got.set(entry.path, entry);
  const links = fidelity.hardlinks ? linkNames(original) : undefined;
  const restoredLinks = fidelity.hardlinks ? linkNames(restored) : undefined;

  let met = 0;
  for (const entry of original.entries) {
    const { path } = entry;
    if (found.length >= limit) return found;
    if (got.has(path)) met++;
    const isDevice = entry.inode.type.endsWith('-device');
    if (isDevice && !fidelity.devices) continue;
    const other = got.get(path);
    if (!other) {
      found.push(new Difference(path, 'is missing'));
      continue;
    }
    for (const what of inodeDifferences(original, entry, restored, other, fidelity)) {
      found.push(new Difference(path, what));
    }
    if (links?.get(entry.inode) !== restoredLinks?.get(other.inode)) {
      found.push(new Difference(path, 'is hardlinked to other paths'));
    }
  }
  if (got.size < restored.entries.length && found.length < limit) {
    found.push(new Difference('', `${restored.entries.length - got.size} paths are there twice`));
  }
  if (met === got.size) return found;
  const wanted = new Set(original.entries.map(({ path }) => path));
  for (const path of got.keys()) {
    if (found.length >= limit) break;
    if (!wanted.has(path)) found.push(new Difference(path, 'was not there before'));
  }
  return found;
}

/** Inode → its first path, so that two trees agree exactly when they link the same paths. */
function linkNames(tree: Tree): ReadonlyMap<Inode, string> {
  const names = new Map<Inode, string>();
  for (const { path, inode } of tree.entries) {
    const known = names.get(inode);
    if (known === undefined || path < known) names.set(inode, path);
  }
  return names;
}

/**
 * In what two entries differ, but for whom they are linked to. The mode of a symlink is nothing that a file system has: Linux
 * always says 0777 (symlink(7)), whatever stands in the tar. A format that keeps it may, and one that does not loses nothing.
 */
export function inodeDifferences(
  original: Tree,
  { inode: a }: Entry,
  restored: Tree,
  { inode: b }: Entry,
  fidelity: Fidelity,
): readonly string[] {
  if (a.type !== b.type) return [`was a ${a.type}, is a ${b.type}`];
  const found: string[] = [];
  const compare = (what: string, x: unknown, y: unknown): void => {
    if (x !== y) found.push(`${what} was ${x}, is ${y}`);
  };
  if (a.type !== 'symlink') compare('mode', a.mode.toString(8), b.mode.toString(8));
  compare('uid', a.uid, b.uid);
  compare('gid', a.gid, b.gid);
  compare('mtime', kept(a.mtime, fidelity), kept(b.mtime, fidelity));
  if (fidelity.ownerNames) {
    compare('user name', a.userName, b.userName);
    compare('group name', a.groupName, b.groupName);
  }
  if (fidelity.xattrs) compare('extended attributes', printXattrs(a), printXattrs(b));
  if (a.type === 'symlink') compare('target', printBytes(a.target), printBytes(b.target));
  if (a.type.endsWith('-device'))
    compare('device', `${a.major}:${a.minor}`, `${b.major}:${b.minor}`);
  if (a.type !== 'file') return found;
  compare('size', a.size, b.size);
  if (fidelity.sparse) compareHoles(a, b, compare);
  if (a.size === b.size && !isSamePlace(original, a, restored, b)) {
    compare('content sha256', contentDigest(original, a), contentDigest(restored, b));
  }
  return found;
}

function kept(mtime: bigint, { mtime: precision }: Fidelity): bigint {
  if (precision === 'none') return 0n;
  if (precision === 'nanoseconds') return mtime;
  // Whole seconds are kept by rounding down, before and after the epoch.
  const second = 1_000_000_000n;
  const rest = ((mtime % second) + second) % second;
  return mtime - rest;
}

function printXattrs({ xattrs }: Inode): string {
  const names = [...xattrs.keys()].sort();
  return names.map((name) => `${name}=${printBytes(xattrs.get(name)!)}`).join(' ');
}

function printBytes(bytes: Uint8Array): string {
  return JSON.stringify(Buffer.from(bytes).toString('latin1'));
}

/** Hole by hole: a file may have a million. */
function compareHoles(
  a: Inode,
  b: Inode,
  compare: (what: string, x: unknown, y: unknown) => void,
): void {
  const [ours, theirs] = [printHoles(a), printHoles(b)];
  for (;;) {
    const [x, y] = [ours.next(), theirs.next()];
    if (x.done && y.done) return;
    if (x.value !== y.value) {
      compare('a hole', x.value ?? 'none', y.value ?? 'none');
      return;
    }
  }
}

function* printHoles({ segments }: Inode): Generator<string, undefined> {
  let offset = 0;
  for (const { source, length } of segments) {
    if (source === HOLE) yield `${offset}+${length}`;
    offset += length;
  }
}
