import * as z from 'zod';
import { MemorySource } from '../../streams/source.ts';
import { IMPLIED_DIRECTORY } from '../../trees/node.ts';
import {
  type EditKind,
  inodeAt,
  isAtOrBelow,
  parentOf,
  path,
  seed,
  sorted,
  treePath,
} from './kind.ts';
import { noise } from './noise.ts';

/** Edits that change which paths there are. Times of the directories around them stay: see METHODS.md, "Edits". */

/** A path and all below; of a hardlinked file one name. */
export const remove: EditKind<string> = {
  name: 'remove',
  value: path,
  path: (value) => value,
  apply(tree, value) {
    const gone = treePath(value);
    return { ...tree, entries: tree.entries.filter((entry) => !isAtOrBelow(entry.path, gone)) };
  },
};

export const rename: EditKind<{ readonly from: string; readonly to: string }> = {
  name: 'rename',
  value: z
    .strictObject({ from: path, to: path })
    .refine(({ from, to }) => !isAtOrBelow(to, from), 'a path cannot move below itself'),
  path: ({ from }) => from,
  newPath: ({ to }) => to,
  apply(tree, value) {
    const [from, to] = [treePath(value.from), treePath(value.to)];
    const entries = tree.entries.map((entry) =>
      isAtOrBelow(entry.path, from)
        ? { ...entry, path: `${to}${entry.path.slice(from.length)}` }
        : entry,
    );
    return { ...tree, entries: sorted(entries) };
  },
};

/** A file of root, mode 644, as old as the directory around it. Its content does not compress. */
export const add: EditKind<{
  readonly path: string;
  readonly length: number;
  readonly seed: number;
}> = {
  name: 'add',
  value: z.strictObject({
    path,
    length: z
      .int()
      .min(0)
      .max(100 << 20),
    seed,
  }),
  newPath: (value) => value.path,
  apply(tree, { path: text, length, seed: own }) {
    const added = treePath(text);
    const parent = parentOf(added);
    const around = tree.entries.find((entry) => entry.path === parent)?.inode;
    if (around?.type !== 'directory' || inodeAt(tree, text)) return tree;
    const inode = {
      ...IMPLIED_DIRECTORY,
      type: 'file' as const,
      mode: 0o644,
      mtime: around.mtime,
      segments: length > 0 ? [{ source: tree.sources.length, offset: 0, length }] : [],
      size: length,
    };
    return {
      entries: sorted([...tree.entries, { path: added, inode }]),
      sources: [...tree.sources, new MemorySource(noise(length, own))],
    };
  },
};
