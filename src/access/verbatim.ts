import { createHash } from 'node:crypto';
import { hashSource } from '../streams/source.ts';
import { apkPackages } from '../trees/apk.ts';
import { contentSource } from '../trees/content.ts';
import { packageOwners, packageSums } from '../trees/packages.ts';
import type { Inode, Tree } from '../trees/tree.ts';
import { largestFirst, type NamedFile, regularFiles, textOf } from './accounted.ts';

/** Why a file is not known to be what a package says. */
export type Doubt = 'no package' | 'no checksum' | 'other content';

export interface DoubtedFile extends NamedFile {
  readonly why: Doubt;
}

/** Which regular files have the very content that their package says, each hardlinked content once. */
export interface VerbatimAccount {
  readonly files: number;
  readonly bytes: number;
  /** The others, most bytes first. */
  readonly rest: readonly DoubtedFile[];
}

/**
 * Digests every file that a package has a checksum for: MD5 of dpkg, SHA-1 of apk. Both are the databases' own, in the image
 * itself: equal sums say that nothing was changed by accident or by a script, not that nobody forged both.
 */
export function verifyPackages(tree: Tree): VerbatimAccount {
  const apk = apkPackages(tree);
  const owners = packageOwners(tree);
  const sums = packageSums(tree);
  const rest: DoubtedFile[] = [];
  let [files, bytes] = [0, 0];
  for (const [inode, paths] of regularFiles(tree)) {
    const md5 = new DigestOnce(tree, inode, 'md5');
    const sha1 = new DigestOnce(tree, inode, 'sha1');
    const summed = paths.filter((path) => sums.has(path) || apk.sums.has(path));
    const isVerbatim = summed.some((path) => md5.is(sums.get(path)) || sha1.is(apk.sums.get(path)));
    if (isVerbatim) {
      files++;
      bytes += inode.size;
      continue;
    }
    const owned = paths.find((path) => owners.has(path) || apk.owners.has(path));
    const why =
      summed.length > 0 ? 'other content' : owned === undefined ? 'no package' : 'no checksum';
    const path = summed[0] ?? owned ?? paths[0]!;
    rest.push({ path: textOf(path), bytes: inode.size, why });
  }
  return { files, bytes, rest: rest.sort(largestFirst) };
}

/** A digest of a content, taken when it is first asked for. */
class DigestOnce {
  readonly #take: () => string;
  #digest: string | undefined;

  constructor(tree: Tree, inode: Inode, algorithm: 'md5' | 'sha1') {
    this.#take = () => {
      const hash = createHash(algorithm);
      hashSource(contentSource(tree, inode), hash);
      return hash.digest('hex');
    };
  }

  is(sum: string | undefined): boolean {
    if (sum === undefined) return false;
    this.#digest ??= this.#take();
    return this.#digest === sum;
  }
}
