import { InputError } from '../errors.ts';
import { limits } from '../limits.ts';
import { checkDevice, checkOwner, checkTime } from '../trees/ranges.ts';
import { comparePaths, type Entry, type Inode, type Tree } from '../trees/tree.ts';

/**
 * Holds entries that were read from a store to the invariants of a {@link Tree}: one root directory first, then every
 * path once, in order, below a directory, its numbers in range. Whoever writes the tree out, as files or as a tar, relies
 * on it: a path like `../x` would leave the place it is unpacked to. Throws an InputError that names the entry.
 */
export function checkEntries(entries: readonly Entry[]): readonly Entry[] {
  const [root] = entries;
  if (root?.path !== '' || root.inode.type !== 'directory') {
    throw fault('the first entry is no root directory', root?.path ?? '');
  }
  checkNumbers(root);
  /** The directories that lead to the entry before. */
  const open: string[] = [];
  let before = '';
  for (const { path, inode } of entries.slice(1)) {
    if (path.length > limits.pathBytes) throw fault(`a path of ${path.length} bytes`, '');
    if (comparePaths(before, path) >= 0) throw fault('an entry comes twice or out of order', path);
    before = path;
    const slash = path.lastIndexOf('/');
    const parent = path.slice(0, Math.max(slash, 0));
    while (open.length > 0 && open.at(-1) !== parent) open.pop();
    if (slash >= 0 && open.length === 0) throw fault('no directory holds this entry', path);
    if (open.length >= limits.pathDepth) throw fault(`more than ${limits.pathDepth} deep`, path);
    checkName(path.slice(slash + 1), path);
    checkNumbers({ path, inode });
    if (inode.type === 'directory') open.push(path);
  }
  return entries;
}

/** Throws an InputError where a name would mean something else in a layer (image-spec, layer.md, §Whiteouts). */
export function checkLayerNames({ entries }: Pick<Tree, 'entries'>): void {
  for (const { path } of entries) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (!name.startsWith('.wh.')) continue;
    throw new InputError(
      `a layer cannot hold this: '${name}' would delete '${name.slice('.wh.'.length)}'`,
      { entry: path },
      'rename or leave out what begins with .wh.',
    );
  }
}

function checkNumbers({ path, inode }: Entry): void {
  const where = { entry: path };
  const { uid, gid, major, minor, mtime }: Inode = inode;
  checkOwner(uid, 'uid', where);
  checkOwner(gid, 'gid', where);
  checkDevice(major, 'major', where);
  checkDevice(minor, 'minor', where);
  checkTime(mtime, where);
}

function checkName(name: string, path: string): void {
  if (name !== '' && name !== '.' && name !== '..' && !name.includes('\0')) return;
  throw fault(`'${name}' is no file name`, path);
}

function fault(what: string, entry: string): InputError {
  return new InputError(what, { entry }, 'the archive is malformed');
}
