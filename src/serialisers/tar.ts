import { Rope } from '../streams/rope.ts';
import { BLOCK, roundUp } from '../trees/header.ts';
import { applyLayers } from '../trees/layers.ts';
import {
  comparePaths,
  type Entry,
  type EntryType,
  HOLE,
  type Inode,
  type Tree,
} from '../trees/tree.ts';
import { checkLayerNames } from './check.ts';
import type { Serialiser } from './serialiser.ts';

/**
 * The tree as one tar in one form, so that equal trees are equal bytes:
 *
 *  - ustar headers; a pax header before those entries alone that need one, with its records in byte order and only for
 *    what ustar cannot say: long or non-splittable names, numbers beyond their field, fractions of seconds, negative
 *    times, extended attributes;
 *  - entries in the order of {@link comparePaths}, the root as `./`, directories with a trailing slash;
 *  - the first path of a hardlinked inode carries the content, later ones are links to it;
 *  - files are written dense; owners by number and by name where the tree has names;
 *  - two zero blocks end the archive, and nothing pads it further.
 */
export function treeToTar(tree: Tree): Rope {
  const rope = new Rope();
  const first = new Map<Inode, string>();
  for (const entry of tree.entries.toSorted((a, b) => comparePaths(a.path, b.path))) {
    const { path, inode } = entry;
    const linkTarget = inode.type === 'directory' ? undefined : first.get(inode);
    if (linkTarget === undefined) first.set(inode, path);
    writeEntry(rope, entry, linkTarget);
    if (inode.type !== 'file' || linkTarget !== undefined) continue;
    for (const { source, offset, length } of inode.segments) {
      if (source === HOLE) rope.zeros(length);
      else rope.slice(tree.sources[source]!, offset, length);
    }
    rope.zeros(roundUp(inode.size) - inode.size);
  }
  return rope.zeros(2 * BLOCK);
}

export const tar: Serialiser = {
  id: 'tar',
  fidelity: {
    mtime: 'nanoseconds',
    hardlinks: true,
    xattrs: true,
    devices: true,
    sparse: false,
    ownerNames: true,
    whiteouts: false,
  },
  serialise({ tree }) {
    checkLayerNames(tree);
    return { streams: [{ bytes: treeToTar(tree) }] };
  },
  restore: (streams) => applyLayers(streams),
};

const FLAGS: Readonly<Record<EntryType, string>> = {
  file: '0',
  symlink: '2',
  'character-device': '3',
  'block-device': '4',
  directory: '5',
  fifo: '6',
};

const SECOND = 1_000_000_000n;

function writeEntry(rope: Rope, { path, inode }: Entry, linkTarget: string | undefined): void {
  const isLink = linkTarget !== undefined;
  const name = inode.type === 'directory' ? (path === '' ? './' : `${path}/`) : path;
  const target = isLink ? linkTarget : latin1(inode.target);
  const size = inode.type === 'file' && !isLink ? inode.size : 0;
  const seconds = floorSeconds(inode.mtime);
  const pax = new Map<string, string>();

  const split = splitName(name);
  if (!split) pax.set('path', name);
  if (target.length > 100) pax.set('linkpath', target);
  if (size > OCTAL_11) pax.set('size', String(size));
  if (inode.uid > OCTAL_7) pax.set('uid', String(inode.uid));
  if (inode.gid > OCTAL_7) pax.set('gid', String(inode.gid));
  if (!isLink && inode.major > OCTAL_7) pax.set('SCHILY.devmajor', String(inode.major));
  if (!isLink && inode.minor > OCTAL_7) pax.set('SCHILY.devminor', String(inode.minor));
  if (inode.userName.length > 32) pax.set('uname', inode.userName);
  if (inode.groupName.length > 32) pax.set('gname', inode.groupName);
  if (seconds * SECOND !== inode.mtime || seconds < 0n || seconds > OCTAL_11) {
    pax.set('mtime', printTime(inode.mtime));
  }
  // Attributes belong to the inode: a link repeats none of them.
  if (!isLink) {
    for (const [key, value] of inode.xattrs) pax.set(`SCHILY.xattr.${key}`, latin1(value));
  }

  if (pax.size > 0) writePax(rope, pax);
  const header = new Uint8Array(BLOCK);
  const [prefix, rest] = split ?? ['', name.slice(0, 100)];
  putText(header, 0, 100, rest);
  putNumber(header, 100, 8, inode.mode);
  putNumber(header, 108, 8, inode.uid > OCTAL_7 ? 0 : inode.uid);
  putNumber(header, 116, 8, inode.gid > OCTAL_7 ? 0 : inode.gid);
  putNumber(header, 124, 12, size > OCTAL_11 ? 0 : size);
  putNumber(
    header,
    136,
    12,
    pax.has('mtime') && (seconds < 0n || seconds > OCTAL_11) ? 0 : Number(seconds),
  );
  header[156] = (isLink ? '1' : FLAGS[inode.type]).charCodeAt(0);
  putText(header, 157, 100, target.slice(0, 100));
  putText(header, 265, 32, inode.userName.slice(0, 32));
  putText(header, 297, 32, inode.groupName.slice(0, 32));
  putNumber(header, 329, 8, isLink || inode.major > OCTAL_7 ? 0 : inode.major);
  putNumber(header, 337, 8, isLink || inode.minor > OCTAL_7 ? 0 : inode.minor);
  putText(header, 345, 155, prefix);
  rope.literal(finish(header));
}

/** Largest numbers of fields with 7 and 11 octal digits. */
const OCTAL_7 = 0o7777777;
const OCTAL_11 = 0o77777777777;

function writePax(rope: Rope, pax: ReadonlyMap<string, string>): void {
  const keywords = [...pax.keys()].sort();
  const body = Buffer.from(
    keywords.map((keyword) => paxRecord(keyword, pax.get(keyword)!)).join(''),
    'latin1',
  );
  const header = new Uint8Array(BLOCK);
  putText(header, 0, 100, 'pax');
  putNumber(header, 100, 8, 0o644);
  putNumber(header, 108, 8, 0);
  putNumber(header, 116, 8, 0);
  putNumber(header, 124, 12, body.length);
  putNumber(header, 136, 12, 0);
  header[156] = 0x78;
  rope
    .literal(finish(header))
    .literal(body)
    .zeros(roundUp(body.length) - body.length);
}

/** `length keyword=value\n`, where the length counts its own digits. */
function paxRecord(keyword: string, value: string): string {
  const rest = ` ${keyword}=${value}\n`;
  let length = rest.length;
  while (length !== rest.length + String(length).length)
    length = rest.length + String(length).length;
  return `${length}${rest}`;
}

/** Prefix and name of at most 155 and 100 bytes, cut at a slash as late as possible; undefined where none fits. */
function splitName(name: string): readonly [string, string] | undefined {
  if (name.length <= 100) return ['', name];
  if (name.length > 256) return undefined;
  const slash = name.lastIndexOf('/', Math.min(155, name.length - 2));
  if (slash <= 0 || name.length - slash - 1 > 100) return undefined;
  return [name.slice(0, slash), name.slice(slash + 1)];
}

function finish(header: Uint8Array): Uint8Array {
  putText(header, 257, 8, 'ustar\x0000');
  header.fill(0x20, 148, 156);
  let sum = 0;
  for (let index = 0; index < BLOCK; index++) sum += header[index]!;
  putText(header, 148, 8, `${sum.toString(8).padStart(6, '0')}\0 `);
  return header;
}

function putText(header: Uint8Array, offset: number, length: number, text: string): void {
  for (let index = 0; index < Math.min(length, text.length); index++) {
    header[offset + index] = text.charCodeAt(index);
  }
}

function putNumber(header: Uint8Array, offset: number, length: number, value: number): void {
  putText(header, offset, length, value.toString(8).padStart(length - 1, '0'));
}

function floorSeconds(mtime: bigint): bigint {
  const seconds = mtime / SECOND;
  return mtime < 0n && seconds * SECOND !== mtime ? seconds - 1n : seconds;
}

/** Decimal seconds without trailing zeros. */
function printTime(mtime: bigint): string {
  const magnitude = mtime < 0n ? -mtime : mtime;
  const fraction = (magnitude % SECOND).toString().padStart(9, '0').replace(/0+$/, '');
  const whole = `${mtime < 0n ? '-' : ''}${magnitude / SECOND}`;
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
