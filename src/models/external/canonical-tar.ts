import { createHash } from 'node:crypto';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { storageError } from '../../errors.ts';
import { treeToTar } from '../../serialisers/tar.ts';
import { readRange } from '../../streams/source.ts';
import type { Tree } from '../../trees/tree.ts';

export interface TarFacts {
  /** Bytes. */
  readonly length: number;
  /** sha256, 32 bytes. */
  readonly digest: Uint8Array;
}

const STEP = 4 << 20;

/** The canonical tar of a tree (serialisers/tar.ts) as a file, for programs that read one. */
export function writeCanonicalTar(tree: Tree, path: string): TarFacts {
  try {
    const descriptor = openSync(path, 'w');
    try {
      return readCanonicalTar(tree, (step) => writeFileSync(descriptor, step));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw storageError(error, path);
  }
}

/** Length and digest alone. */
export function canonicalTarFacts(tree: Tree): TarFacts {
  return readCanonicalTar(tree, () => {});
}

function readCanonicalTar(tree: Tree, take: (step: Uint8Array) => void): TarFacts {
  const tar = treeToTar(tree);
  const hash = createHash('sha256');
  for (let offset = 0; offset < tar.length; offset += STEP) {
    const step = readRange(tar, offset, Math.min(STEP, tar.length - offset));
    hash.update(step);
    take(step);
  }
  return { length: tar.length, digest: new Uint8Array(hash.digest()) };
}
