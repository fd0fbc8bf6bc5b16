import { z } from 'zod';
import { InputError } from '../errors.ts';
import { MemorySource } from '../streams/source.ts';
import { isTime } from '../trees/ranges.ts';
import { joinSegments } from '../trees/segments.ts';
import type { Inode, Tree } from '../trees/tree.ts';

/** Changes to a root file system that a manifest can ask for. Pure: what an edit does not name stays the same objects. */

export interface EditKind<Value> {
  readonly name: string;
  readonly value: z.ZodType<Value>;
  /** The path that must be in the image; absent for edits of every entry. */
  readonly path?: (value: Value) => string;
  /** True where that path must be a regular file. */
  readonly isOfFiles?: true;
  /** A path that a tree has not so is left alone: a layer below may lack it. */
  apply(tree: Tree, value: Value): Tree;
}

/** One kind and what it is given: `{"touch": "2026-01-01T00:00:00Z"}`. */
export type Edit = Readonly<Record<string, unknown>>;

/** `2026-01-01T00:00:00Z`: whole seconds, as builders set them. */
const time: z.ZodType<string> = z.iso.datetime({ precision: 0 }).refine(
  // What is no time at all is refused as such.
  (text) => Number.isNaN(Date.parse(text)) || isTime(nanoseconds(text)),
  'give a time from 1678 to 2261',
);
/** As in the tree: below the root, without a slash at either end. */
const path: z.ZodType<string> = z
  .string()
  .regex(/^[^/]+(\/[^/]+)*$/, 'give a path below the root, such as usr/bin/env');

const touch: EditKind<string> = {
  name: 'touch',
  value: time,
  apply(tree, value) {
    const mtime = nanoseconds(value);
    return mapInodes(tree, (inode) => ({ ...inode, mtime }));
  },
};

/** As `tar --clamp-mtime` and SOURCE_DATE_EPOCH have it: later times become this one, earlier ones stay. */
const clamp: EditKind<string> = {
  name: 'clamp',
  value: time,
  apply(tree, value) {
    const latest = nanoseconds(value);
    return mapInodes(tree, (inode) => (inode.mtime > latest ? { ...inode, mtime: latest } : inode));
  },
};

interface Mode {
  readonly path: string;
  /** Octal, as chmod(1) takes it. */
  readonly mode: string;
}

const chmod: EditKind<Mode> = {
  name: 'chmod',
  value: z.strictObject({ path, mode: z.string().regex(/^[0-7]{3,4}$/, 'give an octal mode') }),
  path: (value) => value.path,
  apply: (tree, value) =>
    mapInode(tree, value.path, (inode) => ({ ...inode, mode: Number.parseInt(value.mode, 8) })),
};

interface Appended {
  readonly path: string;
  readonly text: string;
}

const append: EditKind<Appended> = {
  name: 'append',
  value: z.strictObject({ path, text: z.string().min(1) }),
  path: (value) => value.path,
  isOfFiles: true,
  apply(tree, value) {
    const bytes = new TextEncoder().encode(value.text);
    const added = { source: tree.sources.length, offset: 0, length: bytes.length };
    const edited = mapInode(tree, value.path, (inode) =>
      inode.type === 'file'
        ? {
            ...inode,
            segments: joinSegments(inode.segments, [added]),
            size: inode.size + bytes.length,
          }
        : inode,
    );
    return { ...edited, sources: [...tree.sources, new MemorySource(bytes)] };
  },
};

const remove: EditKind<string> = {
  name: 'remove',
  value: path,
  path: (value) => value,
  apply(tree, value) {
    const gone = treePath(value);
    return {
      ...tree,
      entries: tree.entries.filter((entry) => !isAtOrBelow(entry.path, gone)),
    };
  },
};

/** A kind whose value is known only when the manifest was checked. */
type AnyKind = Omit<EditKind<never>, 'value'> & { readonly value: z.ZodType };

/** To add one: its kind above, and its name here. */
const kinds: readonly AnyKind[] = [touch, clamp, chmod, append, remove];

export const editSchema: z.ZodType<Edit> = z.union(
  kinds.map(({ name, value }) => z.strictObject({ [name]: value })),
);

/** @param edits checked against {@link editSchema} */
export function applyEdits(tree: Tree, edits: readonly Edit[]): Tree {
  return edits.reduce((edited, edit) => {
    const { kind, value } = resolve(edit);
    return kind.apply(edited, value);
  }, tree);
}

/** Throws an InputError where an edit names a path that the tree, as the edits before have left it, has not so. */
export function checkEdits(tree: Tree, edits: readonly Edit[], image: string): void {
  let edited = tree;
  for (const edit of edits) {
    const { kind, value } = resolve(edit);
    const named = kind.path?.(value);
    if (named !== undefined) {
      const where = { image, entry: named };
      const remedy = `correct the edit '${kind.name}' in the manifest`;
      const inode = inodeAt(edited, named);
      if (!inode) throw new InputError('the image has no such path', where, remedy);
      if (kind.isOfFiles && inode.type !== 'file') {
        throw new InputError(`it is a ${inode.type}, no file`, where, remedy);
      }
    }
    edited = kind.apply(edited, value);
  }
}

function resolve(edit: Edit): { readonly kind: AnyKind; readonly value: never } {
  const kind = kinds.find(({ name }) => name in edit)!;
  return { kind, value: edit[kind.name] as never };
}

function nanoseconds(text: string): bigint {
  return BigInt(Date.parse(text)) * 1_000_000n;
}

/** Text of a manifest → the latin1 form of a tree's paths. */
function treePath(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function isAtOrBelow(candidate: string, directory: string): boolean {
  return candidate === directory || candidate.startsWith(`${directory}/`);
}

/** Hardlinks stay one inode. */
function mapInodes(tree: Tree, map: (inode: Inode) => Inode): Tree {
  const mapped = new Map<Inode, Inode>();
  const entries = tree.entries.map(({ path: own, inode }) => {
    const next = mapped.get(inode) ?? map(inode);
    mapped.set(inode, next);
    return { path: own, inode: next };
  });
  return { ...tree, entries };
}

/** The inode at a path under all of its names. */
function mapInode(tree: Tree, text: string, map: (inode: Inode) => Inode): Tree {
  const named = inodeAt(tree, text);
  return mapInodes(tree, (inode) => (inode === named ? map(inode) : inode));
}

function inodeAt(tree: Tree, text: string): Inode | undefined {
  return tree.entries.find((entry) => entry.path === treePath(text))?.inode;
}
