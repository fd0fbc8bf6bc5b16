import { ChunkDigests } from '../accounting/chunk-digests.ts';
import { createChunker } from '../chunkers/mod.ts';
import type { Image } from '../images/image.ts';
import { limits } from '../limits.ts';
import { Rope } from '../streams/rope.ts';
import { readAll } from '../streams/source.ts';
import { contentDigest, contentSource, rememberDigest } from '../trees/content.ts';
import { firstData } from '../trees/segments.ts';
import { HOLE, type Inode, type Tree } from '../trees/tree.ts';
import { BLOCK_BYTES, roundUp } from './disk.ts';

/**
 * The regular files of one image, whatever the model: what the measures of the receiver's side need. Plain data: it
 * crosses threads and is kept in the cache. One row an inode, in tree order.
 */
export interface Contents {
  readonly image: string;
  /** `ID` of os-release(5); absent where the image has none. */
  readonly distribution?: string;
  /** What its layers say that is odd; at most `limits.imageWarnings`, and one that says how many more there are. */
  readonly warnings?: readonly string[];
  /** Diff ids of the layers, `sha256:…`. */
  readonly layers: readonly string[];
  /** The first path of each, latin1 as in the tree. */
  readonly paths: readonly string[];
  /** sha256 of the contents, 32 bytes each. */
  readonly digests: Uint8Array;
  /** Bytes. */
  readonly sizes: Float64Array;
  /** Bytes of the blocks that hold data: less than the size rounded up where a file is sparse. */
  readonly allocated: Float64Array;
  /** Number of paths of each. */
  readonly links: Uint32Array;
  /** Number of the layer that a file's content comes from; −1 where it has none. */
  readonly sources: Int32Array;
  readonly chunks: FileChunks;
}

/** Which files an image has, and what is in them. */
export type FileDigests = Pick<Contents, 'paths' | 'digests'>;

/** Each file cut by itself, so that duplicates inside files are found wherever they lie. */
export interface FileChunks {
  /** Chunks of each file. */
  readonly counts: Uint32Array;
  /** Bytes. */
  readonly lengths: Float64Array;
  /** xxh128, 16 bytes each. */
  readonly digests: Uint8Array;
}

/** Finer than any format in use cuts; METHODS.md names it. */
const CHUNKER = 'fastcdc:avg=4KiB';
/** Memory of one thread for digesting. */
const WINDOW_BYTES = 16 << 20;

export async function takeContents({ descriptor, layers, tree }: Image): Promise<Contents> {
  const links = new Map<Inode, number>();
  for (const { inode } of tree.entries) {
    if (inode.type === 'file') links.set(inode, (links.get(inode) ?? 0) + 1);
  }
  const files = [...links.keys()];
  const distribution = distributionOf(tree);
  const warnings = firstWarnings(tree.warnings ?? []);
  return {
    image: descriptor.id,
    ...(warnings.length > 0 ? { warnings } : {}),
    ...(distribution === undefined ? {} : { distribution }),
    layers: layers.map(({ diffId }) => diffId),
    ...digestsOf(tree),
    sizes: Float64Array.from(files, ({ size }) => size),
    allocated: Float64Array.from(files, allocatedBytes),
    links: Uint32Array.from(links.values()),
    sources: Int32Array.from(files, ({ segments }) => firstData(segments)?.source ?? -1),
    chunks: await cutFiles(tree, files),
  };
}

/** Each regular file by its first path, with the digest of its content. */
export function digestsOf(tree: Tree): FileDigests {
  const paths = firstPaths(tree);
  const digests = Array.from(paths.keys(), (inode) =>
    Buffer.from(contentDigest(tree, inode), 'hex'),
  );
  return { paths: [...paths.values()], digests: Uint8Array.from(Buffer.concat(digests)) };
}

/**
 * Spares hashing the files of a tree whose digests were taken before. Throws a RangeError where they are of other files.
 *
 * @param taken of an image with the same layers
 */
export function recallDigests(tree: Tree, { paths, digests }: FileDigests): void {
  const files = [...firstPaths(tree)];
  if (files.length !== paths.length || files.some(([, path], row) => path !== paths[row])) {
    throw new RangeError('digests of other files');
  }
  const hex = Buffer.from(digests.buffer, digests.byteOffset, digests.byteLength).toString('hex');
  for (const [row, [inode]] of files.entries()) {
    rememberDigest(inode, hex.slice(64 * row, 64 * (row + 1)));
  }
}

function firstPaths({ entries }: Pick<Tree, 'entries'>): ReadonlyMap<Inode, string> {
  const paths = new Map<Inode, string>();
  for (const { path, inode } of entries) {
    if (inode.type === 'file' && !paths.has(inode)) paths.set(inode, path);
  }
  return paths;
}

/** Bytes of all blocks that a segment with data touches. */
function allocatedBytes({ segments }: Inode): number {
  let [position, end, bytes] = [0, 0, 0];
  for (const { source, length } of segments) {
    const last = roundUp(position + length);
    if (source !== HOLE && length > 0) {
      const first = Math.floor(position / BLOCK_BYTES) * BLOCK_BYTES;
      bytes += last - Math.max(first, end);
      end = last;
    }
    position += length;
  }
  return bytes;
}

async function cutFiles(tree: Tree, files: readonly Inode[]): Promise<FileChunks> {
  const chunker = createChunker(CHUNKER);
  const all = new Rope();
  const cuts = files.map((inode) => {
    const source = contentSource(tree, inode);
    all.append(source);
    return chunker.lengths(source);
  });
  const lengths = new Float64Array(cuts.reduce((sum, own) => sum + own.length, 0));
  let start = 0;
  for (const own of cuts) {
    lengths.set(own, start);
    start += own.length;
  }
  const digester = await ChunkDigests.create({ windowBytes: WINDOW_BYTES });
  const [digests] = digester.digests(all, [lengths]);
  return { counts: Uint32Array.from(cuts, (own) => own.length), lengths, digests: digests! };
}

/** os-release is small; what is longer is none. */
const MOST_RELEASE_BYTES = 64 << 10;

/** `ID` of os-release(5): `etc/os-release` first, and `usr/lib/os-release`, which it commonly links to. */
export function distributionOf(tree: Tree): string | undefined {
  for (const wanted of ['etc/os-release', 'usr/lib/os-release']) {
    const inode = tree.entries.find(({ path }) => path === wanted)?.inode;
    if (inode?.type !== 'file' || inode.size > MOST_RELEASE_BYTES) continue;
    const text = Buffer.from(readAll(contentSource(tree, inode))).toString('utf8');
    const id = /^ID=(["']?)([a-z0-9._-]+)\1\s*$/m.exec(text)?.[2];
    if (id !== undefined) return id;
  }
  return undefined;
}

/** As many as a reader can take, and how many more there are. */
export function firstWarnings(warnings: readonly string[]): readonly string[] {
  const more = warnings.length - limits.imageWarnings;
  const first = warnings.slice(0, limits.imageWarnings);
  return more > 0 ? [...first, `${more} more warnings`] : first;
}
