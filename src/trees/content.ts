import { createHash } from 'node:crypto';
import { Part } from '../streams/part.ts';
import { Rope } from '../streams/rope.ts';
import { type ByteSource, hashSource } from '../streams/source.ts';
import { HOLE, type Inode, type Tree } from './tree.ts';

/** The content of a regular file, by reference. */
export function contentSource(
  tree: Pick<Tree, 'sources'>,
  { segments }: Pick<Inode, 'segments'>,
): ByteSource {
  const [first] = segments;
  if (first && segments.length === 1 && first.source !== HOLE) {
    return new Part(tree.sources[first.source]!, first.offset, first.length);
  }
  const rope = new Rope().reserve(segments.length);
  for (const { source, offset, length } of segments) {
    if (source === HOLE) rope.zeros(length);
    else rope.slice(tree.sources[source]!, offset, length);
  }
  return rope;
}

const digests = new WeakMap<Inode, string>();

/** Makes a digest known that was computed of the same content before: hexadecimal. */
export function rememberDigest(inode: Inode, digest: string): void {
  digests.set(inode, digest);
}

/** Contents of more pieces are compared by digest alone. */
const MOST_PIECES = 100;

/** True of contents that are the same places of the same sources; of others it says nothing. */
export function isSamePlace(
  a: Pick<Tree, 'sources'>,
  inode: Inode,
  b: Pick<Tree, 'sources'>,
  other: Inode,
): boolean {
  const place = (tree: Pick<Tree, 'sources'>, { segments, size }: Inode): string | undefined =>
    // Sources that are ropes themselves are taken apart.
    placesOf(tree, segments).composition(0, size, MOST_PIECES);
  const own = place(a, inode);
  return own !== undefined && own === place(b, other);
}

function placesOf(tree: Pick<Tree, 'sources'>, segments: Inode['segments']): Rope {
  const rope = new Rope();
  for (const { source, offset, length } of segments) {
    if (source === HOLE) rope.zeros(length);
    else rope.append(tree.sources[source]!, offset, length);
  }
  return rope;
}

/** sha256 of the content, hexadecimal; computed once an inode. */
export function contentDigest(tree: Tree, inode: Inode): string {
  const known = digests.get(inode);
  if (known !== undefined) return known;
  const hash = createHash('sha256');
  hashSource(contentSource(tree, inode), hash);
  const digest = hash.digest('hex');
  digests.set(inode, digest);
  return digest;
}
