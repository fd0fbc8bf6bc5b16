import {
  chmodSync,
  closeSync,
  lchownSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { claimDirectory } from '../claims.ts';
import { InputError, storageError } from '../errors.ts';
import { makeDirectories } from '../make-directories.ts';
import { readRange } from '../streams/source.ts';
import { checkNewDirectory } from '../targets.ts';
import { contentSource } from './content.ts';
import { comparePaths, type Entry, type Inode, type Tree } from './tree.ts';

const STEP = 4 << 20;

/**
 * Writes a tree into a new or empty directory and returns what could not be written. Safe with hostile trees: paths are
 * checked component by component, files are created exclusively, and symlinks come last, so that nothing is ever written
 * through one. Owners are set when run as root. Devices, fifos and extended attributes cannot be made from JavaScript.
 */
export function writeTree(tree: Tree, directory: string): readonly string[] {
  const warnings: string[] = [];
  const entries = tree.entries.toSorted((a, b) => comparePaths(a.path, b.path));
  for (const { path } of entries) checkPath(path);
  try {
    checkNewDirectory(directory);
    const made = makeDirectories(directory);
    const release = claimDirectory(directory, made);
    writeEntries(tree, entries, directory, warnings);
    release();
  } catch (error) {
    throw storageError(error, directory);
  }
  return warnings;
}

function writeEntries(
  tree: Tree,
  entries: readonly Entry[],
  directory: string,
  warnings: string[],
): void {
  const written = new Map<Inode, Buffer>();
  const place = (path: string): Buffer =>
    Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(path, 'latin1')]);
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
    if (inode.type === 'directory' && path !== '') mkdirSync(place(path), 0o700);
  }
  for (const { path, inode } of entries) {
    const target = place(path);
    const known = written.get(inode);
    if (inode.type === 'file' && known) linkSync(known, target);
    else if (inode.type === 'file') {
      writeContent(tree, inode, target);
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
    finish(place(path), inode);
  }
  // Deepest first: writing into a directory changes its time, and its mode may forbid it.
  for (const { path, inode } of entries.toReversed()) {
    if (inode.type === 'directory') finish(place(path), inode);
  }
}

function writeContent(tree: Tree, inode: Inode, path: Buffer): void {
  const source = contentSource(tree, inode);
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    for (let offset = 0; offset < source.length; offset += STEP) {
      writeSync(descriptor, readRange(source, offset, Math.min(STEP, source.length - offset)));
    }
  } finally {
    closeSync(descriptor);
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
