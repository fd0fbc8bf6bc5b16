import * as z from 'zod';
import { MemorySource, readAll } from '../../streams/source.ts';
import { contentSource } from '../../trees/content.ts';
import { cutSegments, joinSegments } from '../../trees/segments.ts';
import type { Tree } from '../../trees/tree.ts';
import { type EditKind, inodeAt, mapInode, path, seed } from './kind.ts';
import { noise } from './noise.ts';

/** Edits of the content of one file. Its time stays: see METHODS.md, "Edits". */

interface Appended {
  readonly path: string;
  readonly text: string;
}

export const append: EditKind<Appended> = {
  name: 'append',
  value: z.strictObject({ path, text: z.string().min(1) }),
  path: (value) => value.path,
  isOfFiles: true,
  apply(tree, value) {
    const size = inodeAt(tree, value.path)?.size ?? 0;
    return splice(tree, value.path, size, 0, new TextEncoder().encode(value.text));
  },
};

interface Place {
  readonly path: string;
  /** Offset in the file: bytes. */
  readonly at: number;
}

interface Noise extends Place {
  /** Bytes of noise. */
  readonly length: number;
  readonly seed: number;
}

const at: z.ZodType<number> = z.int().min(0);
const noiseSchema: z.ZodType<Noise> = z.strictObject({
  path,
  at,
  length: z
    .int()
    .min(1)
    .max(1 << 20),
  seed,
});

/** The lowest bit of one byte. */
export const flip: EditKind<Place> = {
  name: 'flip',
  value: z.strictObject({ path, at }),
  path: (value) => value.path,
  isOfFiles: true,
  reach: (value) => value.at + 1,
  apply(tree, value) {
    const inode = inodeAt(tree, value.path);
    if (!inode || value.at >= inode.size) return tree;
    const segments = cutSegments(inode.segments, value.at, value.at + 1);
    const [byte = 0] = readAll(contentSource(tree, { segments }));
    return splice(tree, value.path, value.at, 1, Uint8Array.of(byte ^ 1));
  },
};

/** At the beginning, in the middle or at the end. */
export const insert: EditKind<Noise> = {
  name: 'insert',
  value: noiseSchema,
  path: (value) => value.path,
  isOfFiles: true,
  reach: (value) => value.at,
  apply: (tree, value) => splice(tree, value.path, value.at, 0, noise(value.length, value.seed)),
};

/** As many bytes as are put there. */
export const replace: EditKind<Noise> = {
  name: 'replace',
  value: noiseSchema,
  path: (value) => value.path,
  isOfFiles: true,
  reach: (value) => value.at + value.length,
  apply: (tree, value) =>
    splice(tree, value.path, value.at, value.length, noise(value.length, value.seed)),
};

/** Puts bytes in the place of `gone` others; a file that does not reach so far is left alone. */
function splice(tree: Tree, text: string, from: number, gone: number, bytes: Uint8Array): Tree {
  const added = { source: tree.sources.length, offset: 0, length: bytes.length };
  const edited = mapInode(tree, text, (inode) =>
    inode.type !== 'file' || from + gone > inode.size
      ? inode
      : {
          ...inode,
          segments: joinSegments(
            cutSegments(inode.segments, 0, from),
            [added],
            cutSegments(inode.segments, from + gone, inode.size),
          ),
          size: inode.size - gone + bytes.length,
        },
  );
  return { ...edited, sources: [...tree.sources, new MemorySource(bytes)] };
}
