import { shuffled } from '../stats/random.ts';
import type { Inode, Tree } from './tree.ts';

/** The same tree with its entries, and each file's attributes, in an order in which a directory might have listed them. */
export function disorder(tree: Tree, seed: number): Tree {
  const copies = new Map<Inode, Inode>();
  const entries = shuffled(tree.entries, seed).map(({ path, inode }) => {
    const xattrs = new Map(shuffled([...inode.xattrs], seed));
    const copy = copies.get(inode) ?? { ...inode, xattrs };
    copies.set(inode, copy);
    return { path, inode: copy };
  });
  return { ...tree, entries };
}
