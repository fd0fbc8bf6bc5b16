import { readAll } from '../streams/source.ts';
import { contentSource } from './content.ts';
import { pathFromBytes, type Tree } from './tree.ts';

/** Where apk of Alpine keeps its database, and where its third version does. */
const DATABASES: readonly string[] = ['lib/apk/db/installed', 'usr/lib/apk/db/installed'];

export interface ApkPackages {
  /** Path → package that has it. */
  readonly owners: ReadonlyMap<string, string>;
  /** Package → the package it was built with (its origin). */
  readonly sources: ReadonlyMap<string, string>;
  readonly versions: ReadonlyMap<string, string>;
  /** Path → SHA-1 of its content, hexadecimal, of a regular file; of a symlink that of its target. */
  readonly sums: ReadonlyMap<string, string>;
  /** Path of the database; undefined where there is none. */
  readonly database: string | undefined;
}

/**
 * What apk's database says (apk-tools, doc/apk-package.5 and src/database.c): fields of one letter, a package `P`, its
 * version `V` and origin `o`, then each directory `F` before the files `R` in it, each before its checksum `Z`: `Q1` and the
 * SHA-1 in base 64. Empty where the image has no such database.
 */
export function apkPackages(tree: Tree): ApkPackages {
  const owners = new Map<string, string>();
  const sources = new Map<string, string>();
  const versions = new Map<string, string>();
  const sums = new Map<string, string>();
  const entry = tree.entries.find(({ path }) => DATABASES.includes(path));
  if (entry?.inode.type !== 'file') return { owners, sources, versions, sums, database: undefined };
  let name = '';
  let directory = '';
  let path = '';
  for (const line of pathFromBytes(readAll(contentSource(tree, entry.inode))).split('\n')) {
    const value = line.slice(2);
    const field = line.slice(0, 2);
    if (field === 'P:') [name, directory] = [value, ''];
    else if (field === 'V:') versions.set(name, value);
    else if (field === 'o:') sources.set(name, value);
    else if (field === 'F:') directory = value;
    else if (field === 'R:') {
      path = directory === '' ? value : `${directory}/${value}`;
      owners.set(path, name);
    } else if (field === 'Z:' && value.startsWith('Q1')) {
      sums.set(path, Buffer.from(value.slice(2), 'base64').toString('hex'));
    }
  }
  return { owners, sources, versions, sums, database: entry.path };
}
