import { moveSegments } from './segments.ts';
import type { TarEntry } from './tar.ts';
import { type Entry, type Inode, pathBytes } from './tree.ts';

/** What a directory is when no layer describes it: paths may be listed without their parents. */
export const IMPLIED_DIRECTORY: Inode = {
  type: 'directory',
  mode: 0o755,
  uid: 0,
  gid: 0,
  userName: '',
  groupName: '',
  mtime: 0n,
  xattrs: new Map(),
  target: new Uint8Array(0),
  major: 0,
  minor: 0,
  segments: [],
  size: 0,
};

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

/** What an entry of this layer makes of its path. */
export function toInode(entry: TarEntry, layer: number): Inode {
  const { type, mode, uid, gid, userName, groupName, mtime, xattrs, major, minor, size } = entry;
  return {
    type: type as Inode['type'],
    mode,
    uid,
    gid,
    userName,
    groupName,
    mtime,
    xattrs,
    target: type === 'symlink' ? pathBytes(entry.linkTarget) : IMPLIED_DIRECTORY.target,
    major: type.endsWith('-device') ? major : 0,
    minor: type.endsWith('-device') ? minor : 0,
    segments: moveSegments(entry.segments, layer),
    size,
  };
}
