import { applyLayers } from '../trees/layers.ts';
import { packageOwners } from '../trees/packages.ts';
import type { Entry, Inode, Tree } from '../trees/tree.ts';
import type { Serialiser } from './serialiser.ts';
import { tar, treeToTar } from './tar.ts';

/**
 * Canonical tars as layers, split by package: the first has all directories and what no package owns; each of the largest
 * packages has one of its own; the rest share the last. Paths are disjoint, so their order does not matter.
 */
export function createPackages(layers: number): Serialiser {
  return {
    id: `packages:layers=${layers}`,
    fidelity: tar.fidelity,
    serialise: ({ tree }) => ({
      streams: split(tree, layers).map((entries) => ({
        bytes: treeToTar({ entries, sources: tree.sources }),
      })),
    }),
    restore: (streams) => applyLayers(streams),
  };
}

function split(tree: Tree, layers: number): readonly (readonly Entry[])[] {
  const first: Entry[] = [];
  const packages = new Map<string, Entry[]>();
  const owners = ownersOfInodes(tree);
  for (const entry of tree.entries) {
    const owner = owners.get(entry.inode);
    const group = owner === undefined ? first : (packages.get(owner) ?? []);
    group.push(entry);
    if (owner !== undefined) packages.set(owner, group);
  }
  const sorted = [...packages]
    .map(([name, entries]) => ({ name, entries, bytes: contentBytes(entries) }))
    .sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1))
    .map(({ entries }) => entries);
  if (sorted.length < layers) return [first, ...sorted];
  return [first, ...sorted.slice(0, layers - 2), sorted.slice(layers - 2).flat()];
}

/** Hardlinked paths stay together: the owner of the first path in byte order has them all. */
function ownersOfInodes(tree: Tree): ReadonlyMap<Inode, string> {
  const owners = packageOwners(tree);
  const byInode = new Map<Inode, { readonly path: string; readonly owner: string }>();
  for (const { path, inode } of tree.entries) {
    const owner = owners.get(path);
    const known = byInode.get(inode);
    if (owner !== undefined && (known === undefined || path < known.path)) {
      byInode.set(inode, { path, owner });
    }
  }
  return new Map([...byInode].map(([inode, { owner }]) => [inode, owner]));
}

function contentBytes(entries: readonly Entry[]): number {
  return [...new Set(entries.map(({ inode }) => inode))].reduce((sum, { size }) => sum + size, 0);
}
