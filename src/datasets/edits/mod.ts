import * as z from 'zod';
import { InputError } from '../../errors.ts';
import type { Inode, Tree } from '../../trees/tree.ts';
import { append, flip, insert, replace } from './content.ts';
import { type Draw, drawEdit, drawSchema } from './draw.ts';
import { type Edit, type EditKind, inodeAt, parentOf, unknownMember } from './kind.ts';
import { chmod, chown, clamp, touch } from './metadata.ts';
import { add, remove, rename } from './names.ts';

export {
  DRAWN_KINDS,
  type Draw,
  type DrawnKind,
  decadeOf,
  drawByDecade,
  drawEdit,
  LARGEST,
} from './draw.ts';
export type { Edit } from './kind.ts';
export { noise } from './noise.ts';

/** Changes to a root file system that a manifest can ask for. Pure: what an edit does not name stays the same objects. */

/** A kind whose value is known only when the manifest was checked. */
type AnyKind = Omit<EditKind<never>, 'value'> & { readonly value: z.ZodType };

/** To add one: its kind in a file beside this, and its name here. */
const kinds: readonly AnyKind[] = [
  touch,
  clamp,
  chmod,
  chown,
  append,
  flip,
  insert,
  replace,
  add,
  rename,
  remove,
];

const names: readonly string[] = [...kinds.map(({ name }) => name), 'draw'];

export const editSchema: z.ZodType<Edit> = z.union(
  [
    ...kinds.map(({ name, value }) => z.strictObject({ [name]: value })),
    z.strictObject({ draw: drawSchema }),
  ],
  { error: ({ input }) => editFault(input) },
);

/** What is wrong with an edit as a whole; undefined where its one kind is known, and its value is to be looked at. */
function editFault(edit: unknown): string | undefined {
  if (typeof edit !== 'object' || edit === null || Array.isArray(edit)) {
    return `an edit is an object of one kind: ${names.join(', ')}`;
  }
  const own = Object.keys(edit);
  const unknown = own.find((name) => !names.includes(name));
  if (unknown !== undefined) return unknownMember('edit', unknown, names);
  if (own.length === 1) return undefined;
  return own.length === 0
    ? `an edit without a kind: give one of ${names.join(', ')}`
    : `${own.length} kinds in one edit (${own.join(', ')}): make an edit of each`;
}

/** @param edits settled by {@link settleEdits}, or without draws */
export function applyEdits(tree: Tree, edits: readonly Edit[]): Tree {
  return edits.reduce((edited, edit) => {
    const { kind, value } = resolve(edit);
    return kind.apply(edited, value);
  }, tree);
}

/**
 * The edits with every draw replaced by what is drawn. Throws an InputError where an edit asks for what the tree, as the edits
 * before have left it, has not so.
 */
export function settleEdits(tree: Tree, edits: readonly Edit[], image: string): readonly Edit[] {
  let edited = tree;
  return edits.map((asked) => {
    const edit = settle(edited, asked, image);
    const { kind, value } = resolve(edit);
    check(edited, kind, value, image);
    edited = kind.apply(edited, value);
    return edit;
  });
}

/** The file whose content, mode or time an edit changes, as it is before; undefined of an edit of names, or of several entries. */
export function editedFile(tree: Tree, edit: Edit): Inode | undefined {
  const { kind, value } = resolve(edit);
  const named = kind.newPath || kind.name === remove.name ? undefined : kind.path?.(value);
  const inode = named === undefined ? undefined : inodeAt(tree, named);
  return inode?.type === 'file' ? inode : undefined;
}

function settle(tree: Tree, edit: Edit, image: string): Edit {
  if (!('draw' in edit)) return edit;
  const draw = edit['draw'] as Draw;
  const drawn = drawEdit(tree, draw);
  if (drawn) return drawn;
  const what = `the image has nothing that '${draw.kind}' could be drawn from`;
  throw new InputError(what, { image }, 'leave this draw out of the manifest');
}

function check(tree: Tree, kind: AnyKind, value: never, image: string): void {
  const fail = (entry: string, what: string): InputError =>
    new InputError(what, { image, entry }, `correct the edit '${kind.name}' in the manifest`);
  const named = kind.path?.(value);
  if (named !== undefined) {
    const inode = inodeAt(tree, named);
    if (!inode) throw fail(named, 'the image has no such path');
    if (kind.isOfFiles && inode.type !== 'file') {
      throw fail(named, `it is a ${inode.type}, no file`);
    }
    const reach = kind.reach?.(value) ?? 0;
    if (reach > inode.size) {
      throw fail(named, `the file has ${inode.size} bytes, the edit reaches to ${reach}`);
    }
  }
  const added = kind.newPath?.(value);
  if (added !== undefined) {
    if (inodeAt(tree, added)) throw fail(added, 'the image has such a path already');
    if (inodeAt(tree, parentOf(added))?.type !== 'directory') {
      throw fail(added, 'the image has no directory around it');
    }
  }
}

function resolve(edit: Edit): { readonly kind: AnyKind; readonly value: never } {
  const kind = kinds.find(({ name }) => name in edit)!;
  return { kind, value: edit[kind.name] as never };
}
