import type { Entry, Inode } from './tree.ts';

/** A path while layers are merged. */
export interface Node {
  inode: Inode;
  /** Number of the layer that said so last. */
  layer: number;
  /** Of a directory. */
  children: Map<string, Node> | undefined;
  /** Bytes of the path to it. */
  readonly pathBytes: number;
  /** Number of the layer in which what lower layers put here was last taken away. */
  swept: number;
}

export function directoryNode(inode: Inode, layer: number, pathBytes: number): Node {
  return { inode, layer, children: new Map(), pathBytes, swept: -1 };
}

/** All paths, parents first, siblings in byte order. */
export function entriesOf(root: Node): readonly Entry[] {
  const entries: Entry[] = [{ path: '', inode: root.inode }];
  const walk = (node: Node, prefix: string): void => {
    const names = [...node.children!.keys()].sort(compareBytes);
    for (const name of names) {
      const child = node.children!.get(name)!;
      const path = prefix + name;
      entries.push({ path, inode: child.inode });
      if (child.children) walk(child, `${path}/`);
    }
  };
  walk(root, '');
  return entries;
}

/** Takes away what lower layers put below a node, once a layer; true where something of this layer remains. */
export function keepsUpper(node: Node, layer: number): boolean {
  if (node.swept !== layer) {
    node.swept = layer;
    for (const [name, child] of node.children ?? []) {
      if (!keepsUpper(child, layer)) node.children!.delete(name);
    }
  }
  return node.layer === layer || (node.children !== undefined && node.children.size > 0);
}

function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
