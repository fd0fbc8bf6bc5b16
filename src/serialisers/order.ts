import { packageOwners } from '../trees/packages.ts';
import { comparePaths, type Entry, type Tree } from '../trees/tree.ts';

/** Orders in which contents may follow one another. Each is total: ties are decided by the path. */
export const ORDERS = ['lexicographic', 'breadth-first', 'package', 'extension'] as const;
export type OrderPolicy = (typeof ORDERS)[number];

/**
 *  - lexicographic: as a depth-first walk over sorted directories meets them;
 *  - breadth-first: all of one depth before the next (project-machine/puzzlefs, doc/chunking.md);
 *  - package: by the package that dpkg's database names as owner, files of none last;
 *  - extension: by what follows the last dot of the name, names without one first.
 */
export function orderEntries(tree: Tree, order: OrderPolicy): readonly Entry[] {
  const key = keyOf(tree, order);
  return tree.entries
    .map((entry) => ({ entry, key: key(entry.path) }))
    .sort((a, b) => compare(a.key, b.key) || comparePaths(a.entry.path, b.entry.path))
    .map(({ entry }) => entry);
}

type Key = number | string;

function keyOf(tree: Tree, order: OrderPolicy): (path: string) => Key {
  if (order === 'lexicographic') return () => 0;
  if (order === 'breadth-first') return (path) => path.split('/').length;
  if (order === 'extension') return extensionOf;
  const owners = packageOwners(tree);
  // Sorts after every name of a package, which is of letters, digits and + - . :
  return (path) => owners.get(path) ?? '~';
}

function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  // The dot of a hidden file begins a name, not an extension.
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1) : '';
}

function compare(a: Key, b: Key): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
