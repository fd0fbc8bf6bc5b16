import { readAll } from '../streams/source.ts';
import { contentSource } from './content.ts';
import { pathFromBytes, type Tree } from './tree.ts';

const INFO = 'var/lib/dpkg/info/';
/** What dpkg knows of every package. */
export const STATUS = 'var/lib/dpkg/status';

/**
 * Path → package that dpkg's database names as its owner (`var/lib/dpkg/info/NAME.list`); what dpkg keeps of a package
 * belongs to it too. The database lists paths below /bin, /lib and the like where /usr is merged: they are found in /usr.
 * Directories are owned by many and not listed. Empty where the image has no such database.
 */
export function packageOwners(tree: Tree): ReadonlyMap<string, string> {
  const inodes = new Map(tree.entries.map(({ path, inode }) => [path, inode]));
  const owners = new Map<string, string>();
  const own = (path: string, owner: string): void => {
    const inode = inodes.get(path);
    if (inode && inode.type !== 'directory' && !owners.has(path)) owners.set(path, owner);
  };
  const lists = tree.entries
    .filter(({ path, inode }) => path.startsWith(INFO) && inode.type === 'file')
    .map(({ path }) => path)
    .sort();
  for (const path of lists) {
    const name = path.slice(INFO.length);
    const owner = name.slice(0, Math.max(0, name.lastIndexOf('.')));
    if (owner === '') continue;
    own(path, owner);
    if (!name.endsWith('.list')) continue;
    const text = pathFromBytes(readAll(contentSource(tree, inodes.get(path)!)));
    for (const line of text.split('\n')) {
      const listed = line.replace(/^\//, '');
      own(inodes.has(listed) ? listed : `usr/${listed}`, owner);
    }
  }
  return owners;
}

/**
 * Package, as {@link packageOwners} names it → the source package it was built from (`var/lib/dpkg/status`, deb-control(5),
 * "Source"); a package that names none is built from one of its own name. Empty where the image has no such database.
 */
export function sourcePackages(tree: Tree): ReadonlyMap<string, string> {
  return statusField(tree, (field, name) => field('Source') ?? name);
}

/** Package, as {@link packageOwners} names it → its version; empty where the image has no such database. */
export function packageVersions(tree: Tree): ReadonlyMap<string, string> {
  return statusField(tree, (field) => field('Version'));
}

/**
 * Path → MD5 of its content, hexadecimal, as the package has it: `var/lib/dpkg/info/NAME.md5sums` (deb-md5sums(5)), and of
 * configuration files the status ("Conffiles"); those that the package has no more are left out. Paths are found as by
 * {@link packageOwners}; of a path that several packages name the first counts. Empty where the image has no such database.
 */
export function packageSums(tree: Tree): ReadonlyMap<string, string> {
  const inodes = new Map(tree.entries.map(({ path, inode }) => [path, inode]));
  const sums = new Map<string, string>();
  const note = (listed: string, sum: string): void => {
    const path = inodes.has(listed) ? listed : `usr/${listed}`;
    if (inodes.has(path) && !sums.has(path)) sums.set(path, sum);
  };
  const textOf = (path: string): string => {
    const inode = inodes.get(path);
    return inode?.type === 'file' ? pathFromBytes(readAll(contentSource(tree, inode))) : '';
  };
  const lists = [...inodes.keys()].filter(
    (path) => path.startsWith(INFO) && path.endsWith('.md5sums'),
  );
  for (const path of lists.sort()) {
    for (const line of textOf(path).split('\n')) {
      const [, sum, listed] = /^([0-9a-f]{32}) [ *](?:\.?\/)?(.+)$/.exec(line) ?? [];
      if (sum !== undefined && listed !== undefined) note(listed, sum);
    }
  }
  // A line of the field: path, sum, and `obsolete` where the package has it no more.
  for (const [, listed, sum] of textOf(STATUS).matchAll(/^ \/(\S.*) ([0-9a-f]{32})$/gm)) {
    note(listed!, sum!);
  }
  return sums;
}

function statusField(
  tree: Tree,
  read: (field: (name: string) => string | undefined, name: string) => string | undefined,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const status = tree.entries.find(({ path }) => path === STATUS)?.inode;
  if (status?.type !== 'file') return values;
  for (const stanza of pathFromBytes(readAll(contentSource(tree, status))).split('\n\n')) {
    const field = (name: string): string | undefined =>
      new RegExp(`^${name}: *(\\S+)`, 'm').exec(stanza)?.[1];
    const name = field('Package');
    const value = name === undefined ? undefined : read(field, name);
    if (name === undefined || value === undefined) continue;
    values.set(name, value);
    // Where several architectures may be installed together, lists are named by both.
    values.set(`${name}:${field('Architecture')}`, value);
  }
  return values;
}
