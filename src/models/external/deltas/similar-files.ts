import { sha256 } from '../../../packers/blobs.ts';
import type { ByteSource } from '../../../streams/source.ts';
import { contentDigest, contentSource } from '../../../trees/content.ts';
import type { Tree } from '../../../trees/tree.ts';

/** A regular file of the old tree, as a base for one of the new. */
export interface OldFile {
  readonly path: string;
  /** sha256, hexadecimal. */
  readonly digest: string;
  readonly content: ByteSource;
}

export interface Base {
  readonly file: OldFile;
  /** The same content. */
  readonly isEqual: boolean;
}

/** Files up to this many bytes are alike in size whatever they have: bytes. */
const SMALL = 64 << 10;
/** Of larger ones neither has more than this many times the other. */
const TIMES = 10;

/** Regular files with content by path, in the order of the tree. */
export function filesOf(tree: Tree): ReadonlyMap<string, OldFile> {
  return new Map(
    tree.entries
      .filter(({ inode }) => inode.type === 'file' && inode.size > 0)
      .map(({ path, inode }) => [
        path,
        { path, digest: contentDigest(tree, inode), content: contentSource(tree, inode) },
      ]),
  );
}

/**
 * What tar-diff takes a file from (containers/tar-diff, pkg/tar-diff/analysis.go): equal content, else the same path, else
 * the nearest in size of the same name in another directory, else of the same name up to its first dot.
 */
export function findBases(
  files: ReadonlyMap<string, OldFile>,
): (path: string, content: Uint8Array) => Base | undefined {
  const byDigest = new Map<string, OldFile>();
  const byName = new Map<string, OldFile[]>();
  const byStem = new Map<string, OldFile[]>();
  for (const file of files.values()) {
    if (!byDigest.has(file.digest)) byDigest.set(file.digest, file);
    append(byName, nameOf(file.path), file);
    append(byStem, stemOf(file.path), file);
  }
  return (path, content) => {
    const equal = byDigest.get(sha256(content));
    if (equal) return { file: equal, isEqual: true };
    const same = files.get(path);
    const file =
      same && isSizeAlike(same.content, content)
        ? same
        : (nearest(byName.get(nameOf(path)), content) ??
          nearest(byStem.get(stemOf(path)), content));
    return file && { file, isEqual: false };
  };
}

function nearest(files: readonly OldFile[] = [], wanted: Uint8Array): OldFile | undefined {
  const distance = ({ content }: OldFile): number => Math.abs(content.length - wanted.length);
  return files
    .filter(({ content }) => isSizeAlike(content, wanted))
    .reduce<OldFile | undefined>(
      (best, file) => (best && distance(best) <= distance(file) ? best : file),
      undefined,
    );
}

function isSizeAlike(a: { readonly length: number }, b: { readonly length: number }): boolean {
  const [less, more] = a.length < b.length ? [a.length, b.length] : [b.length, a.length];
  return more < SMALL || more < TIMES * less;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Up to the first dot after the first character. */
function stemOf(path: string): string {
  const name = nameOf(path);
  const dot = name.indexOf('.', 1);
  return dot < 0 ? name : name.slice(0, dot);
}

function append<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key) ?? [];
  list.push(value);
  lists.set(key, list);
}
