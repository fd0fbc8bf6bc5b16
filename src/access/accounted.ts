import { apkPackages } from '../trees/apk.ts';
import { packageOwners, packageVersions, STATUS } from '../trees/packages.ts';
import type { Inode, Tree } from '../trees/tree.ts';

/** A regular file by name. */
export interface NamedFile {
  /** UTF-8, without a slash before it; the first of its paths where it has several. */
  readonly path: string;
  readonly bytes: number;
}

/** A package with its regular files. */
export interface InstalledPackage {
  readonly name: string;
  /** As the database has it; undefined where it does not say. */
  readonly version: string | undefined;
  /** What the package put there, and what the database keeps of it. */
  readonly files: readonly NamedFile[];
  /** Of those files. */
  readonly bytes: number;
  /** Paths that say which version it is, and which files. */
  readonly databases: readonly string[];
}

/** Which regular files the database of dpkg or apk names, each hardlinked content once. */
export interface PackageAccount {
  readonly files: number;
  readonly bytes: number;
  readonly accountedFiles: number;
  readonly accountedBytes: number;
  /** The others, most bytes first. */
  readonly rest: readonly NamedFile[];
  /** Fewest bytes first, then by name; empty where the image has no such database. */
  readonly packages: readonly InstalledPackage[];
}

export function accountPackages(tree: Tree): PackageAccount {
  const apk = apkPackages(tree);
  const dpkgOwners = packageOwners(tree);
  const dpkgVersions = packageVersions(tree);
  const byInode = regularFiles(tree);
  const owned = new Map<string, NamedFile[]>();
  const rest: NamedFile[] = [];
  let bytes = 0;
  for (const [{ size }, paths] of byInode) {
    bytes += size;
    const path = paths.find((one) => dpkgOwners.has(one) || apk.owners.has(one));
    const file = { path: textOf(path ?? paths[0]!), bytes: size };
    if (path === undefined) rest.push(file);
    else {
      const name = dpkgOwners.get(path) ?? apk.owners.get(path)!;
      owned.set(name, [...(owned.get(name) ?? []), file]);
    }
  }
  const restBytes = sumOf(rest);
  return {
    files: byInode.size,
    bytes,
    accountedFiles: byInode.size - rest.length,
    accountedBytes: bytes - restBytes,
    rest: rest.sort(largestFirst),
    packages: [...owned]
      .map(([name, files]) => {
        const isOfDpkg = dpkgVersions.has(name);
        return {
          name: textOf(name),
          version: dpkgVersions.get(name) ?? apk.versions.get(name),
          files,
          bytes: sumOf(files),
          databases: isOfDpkg ? [STATUS] : apk.database === undefined ? [] : [apk.database],
        };
      })
      .sort((a, b) => a.bytes - b.bytes || compareText(a.name, b.name)),
  };
}

/** Regular files, each hardlinked content once, with their paths in the order of the tree: latin1. */
export function regularFiles(tree: Tree): ReadonlyMap<Inode, readonly string[]> {
  const files = new Map<Inode, string[]>();
  for (const { path, inode } of tree.entries) {
    if (inode.type !== 'file') continue;
    files.set(inode, [...(files.get(inode) ?? []), path]);
  }
  return files;
}

/** Most bytes first, then by path. */
export function largestFirst(a: NamedFile, b: NamedFile): number {
  return b.bytes - a.bytes || compareText(a.path, b.path);
}

/** The file, of those with content, that half of them are smaller than; ties by path. undefined of none. */
export function medianFile(tree: Tree): NamedFile | undefined {
  const files = tree.entries
    .filter(({ inode }) => inode.type === 'file' && inode.size > 0)
    .map(({ path, inode }) => ({ path: textOf(path), bytes: inode.size }))
    .sort((a, b) => a.bytes - b.bytes || compareText(a.path, b.path));
  return files[files.length >> 1];
}

/** As {@link medianFile}, of packages whose version is known. */
export function medianPackage({ packages }: PackageAccount): InstalledPackage | undefined {
  const known = packages.filter(({ version }) => version !== undefined);
  return known[known.length >> 1];
}

export function sumOf(files: readonly NamedFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function textOf(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}
