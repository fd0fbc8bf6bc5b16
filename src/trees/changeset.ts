import { inodeDifferences } from './compare.ts';
import { EVERYTHING } from './fidelity.ts';
import { IMPLIED_DIRECTORY } from './node.ts';
import { comparePaths, type Entry, type Inode, type Tree } from './tree.ts';

/**
 * The layer that turns `lower` into `upper` (OCI image-spec, layer.md, "Change Types"): what is new or changed, whole, and a
 * whiteout for the topmost path of everything that is gone. All paths of a changed set of hardlinks are in it: a link
 * cannot be made to a file of another layer.
 *
 * @param by what else makes an entry count as changed. `links`: that a file lost or gained a name, or a directory a
 * subdirectory, as umoci sees it, which compares numbers of links: a file comes whole again when another name of it is removed
 */
export function changeset(lower: Tree, upper: Tree, by: 'paths' | 'links' = 'paths'): Tree {
  const below = new Map(lower.entries.map((entry) => [entry.path, entry]));
  const above = new Map(upper.entries.map((entry) => [entry.path, entry]));
  const linksBelow = linkSets(lower, above);
  const linksAbove = linkSets(upper, above);
  const numbersBelow = by === 'links' ? linkNumbers(lower) : undefined;
  const numbersAbove = by === 'links' ? linkNumbers(upper) : undefined;
  const changed = new Set<Inode>();
  for (const entry of upper.entries) {
    const old = below.get(entry.path);
    const isSame =
      old !== undefined &&
      inodeDifferences(lower, old, upper, entry, EVERYTHING).length === 0 &&
      // That of a symlink as well: a layer has it as the tar of its image has.
      old.inode.mode === entry.inode.mode &&
      linksBelow.get(old.inode) === linksAbove.get(entry.inode) &&
      numbersBelow?.get(old.inode) === numbersAbove?.get(entry.inode);
    if (!isSame) changed.add(entry.inode);
  }
  const entries = upper.entries.filter(({ inode }) => changed.has(inode));
  for (const { path } of lower.entries) {
    const parent = above.get(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
    // Below what is gone, or became something else, nothing is left to be taken away.
    if (!above.has(path) && parent?.inode.type === 'directory') entries.push(whiteout(path));
  }
  return { entries: entries.sort((a, b) => comparePaths(a.path, b.path)), sources: upper.sources };
}

/** Which of the paths in `kept` an inode has in a tree, as text. */
function linkSets(tree: Tree, kept: ReadonlyMap<string, Entry>): ReadonlyMap<Inode, string> {
  const sets = new Map<Inode, string>();
  for (const { path, inode } of tree.entries) {
    if (kept.has(path)) sets.set(inode, `${sets.get(inode) ?? ''}\0${path}`);
  }
  return sets;
}

/** Paths of each inode, and subdirectories of each directory. */
function linkNumbers({ entries }: Tree): ReadonlyMap<Inode, number> {
  const numbers = new Map<Inode, number>();
  const count = (inode: Inode): void => void numbers.set(inode, (numbers.get(inode) ?? 0) + 1);
  const directories = new Map<string, Inode>();
  for (const { path, inode } of entries) {
    count(inode);
    if (inode.type !== 'directory') continue;
    directories.set(path, inode);
    const parent = directories.get(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
    if (parent && path !== '') count(parent);
  }
  return numbers;
}

function whiteout(path: string): Entry {
  const name = path.lastIndexOf('/') + 1;
  return {
    path: `${path.slice(0, name)}.wh.${path.slice(name)}`,
    inode: { ...IMPLIED_DIRECTORY, type: 'file', mode: 0o644 },
  };
}
