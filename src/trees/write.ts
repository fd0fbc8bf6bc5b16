import {
  chmodSync,
  lchownSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
} from 'node:fs';
import { InputError, StorageError, writeError } from '../errors.ts';
import { NewDirectory } from '../new-directory.ts';
import { pieces } from '../streams/source.ts';
import { writeFile } from '../write-whole.ts';
import { contentSource } from './content.ts';
import { comparePaths, type Entry, type Inode, type Tree } from './tree.ts';

/**
 * Writes a tree into a new or empty directory and returns what could not be written. Safe with hostile trees: paths are
 * checked component by component, files are created exclusively, and symlinks come last, so that nothing is ever written
 * through one. A failure removes what was written. Owners are set when run as root. Devices, fifos and extended attributes cannot be made from JavaScript.
 */
export function writeTree(tree: Tree, directory: string): readonly string[] {
  const warnings: string[] = [];
  const entries = tree.entries.toSorted((a, b) => comparePaths(a.path, b.path));
  for (const { path } of entries) checkPath(path);
  const made = new NewDirectory(directory);
  try {
    if (readdirSync(directory).length > 0) {
      throw new StorageError(
        `${directory} is not empty`,
        { file: directory },
        'name a new directory',
      );
    }
    made.ownAll();
    writeEntries(tree, entries, directory, made, warnings);
    made.finish();
  } catch (error) {
    made.remove();
    throw writeError(error, directory);
  }
  return warnings;
}

function writeEntries(
  tree: Tree,
  entries: readonly Entry[],
  directory: string,
  made: NewDirectory,
  warnings: string[],
): void {
  const written = new Map<Inode, Buffer>();
  const place = (path: string): Buffer =>
    Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(path, 'latin1')]);
  const own = (path: string): void => {
    if (!path.includes('/')) made.own(place(path));
  };
  const isRoot = process.getuid?.() === 0;
  const finish = (path: Buffer, inode: Inode): void => {
    if (isRoot) lchownSync(path, inode.uid, inode.gid);
    if (inode.type !== 'symlink') chmodSync(path, inode.mode);
    const seconds = Number(inode.mtime) / 1e9;
    lutimesSync(path, seconds, seconds);
    if (inode.xattrs.size > 0) {
      warnings.push(
        `${path.toString()}: extended attributes are left out; unpack to a .tar to keep them`,
      );
    }
  };

  for (const { path, inode } of entries) {
    if (inode.type !== 'directory' || path === '') continue;
    mkdirSync(place(path), 0o700);
    own(path);
  }
  for (const { path, inode } of entries) {
    const target = place(path);
    const known = written.get(inode);
    if (inode.type === 'file' && known) {
      linkSync(known, target);
      own(path);
    } else if (inode.type === 'file') {
      const content = pieces(contentSource(tree, inode));
      writeFile(target, content, { mode: 0o600, isNew: true });
      own(path);
      finish(target, inode);
      written.set(inode, target);
    } else if (inode.type !== 'directory' && inode.type !== 'symlink') {
      warnings.push(
        `${target.toString()}: a ${inode.type} is left out; unpack to a .tar to keep it`,
      );
    }
  }
  for (const { path, inode } of entries) {
    if (inode.type !== 'symlink') continue;
    symlinkSync(Buffer.from(inode.target), place(path));
    own(path);
    finish(place(path), inode);
  }
  // Deepest first: writing into a directory changes its time, and its mode may forbid it.
  for (const { path, inode } of entries.toReversed()) {
    if (inode.type === 'directory') finish(place(path), inode);
  }
}

function checkPath(path: string): void {
  if (path === '') return;
  const isSafe = path
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0'));
  if (!isSafe) {
    throw new InputError(`unsafe path '${path}'`, { entry: path }, 'the packed image is hostile');
  }
}
