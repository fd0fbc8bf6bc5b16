import { createHash } from 'node:crypto';
import { treeToTar } from '../../serialisers/tar.ts';
import { type ByteSource, pieces } from '../../streams/source.ts';
import type { Tree } from '../../trees/tree.ts';
import { writeFile } from '../../write-whole.ts';

export interface TarFacts {
  /** Bytes. */
  readonly length: number;
  /** sha256, 32 bytes. */
  readonly digest: Uint8Array;
}

/** The canonical tar of a tree (serialisers/tar.ts) as a file, for programs that read one. */
export function writeCanonicalTar(tree: Tree, path: string): TarFacts {
  const reader = new TarReader(tree);
  writeFile(path, reader.steps());
  return reader.facts();
}

/** Length and digest alone. */
export function canonicalTarFacts(tree: Tree): TarFacts {
  const reader = new TarReader(tree);
  for (const _ of reader.steps());
  return reader.facts();
}

/** Digests what is read. */
class TarReader {
  readonly #tar: ByteSource;
  readonly #hash = createHash('sha256');

  constructor(tree: Tree) {
    this.#tar = treeToTar(tree);
  }

  *steps(): Generator<Uint8Array> {
    for (const step of pieces(this.#tar)) {
      this.#hash.update(step);
      yield step;
    }
  }

  /** Once all steps were taken. */
  facts(): TarFacts {
    return { length: this.#tar.length, digest: new Uint8Array(this.#hash.digest()) };
  }
}
