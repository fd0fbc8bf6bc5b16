import * as z from 'zod';
import type { Inode } from '../../trees/tree.ts';
import {
  type EditKind,
  isAtOrBelow,
  mapInode,
  mapInodes,
  nanoseconds,
  path,
  time,
  treePath,
} from './kind.ts';

/** Edits that change no content and no path. */

/** Of every entry, or of one. */
export const touch: EditKind<string | { readonly path: string; readonly time: string }> = {
  name: 'touch',
  value: z.union([time, z.strictObject({ path, time })]),
  path: (value) => (typeof value === 'string' ? undefined : value.path),
  apply(tree, value) {
    const mtime = nanoseconds(typeof value === 'string' ? value : value.time);
    const change = (inode: Inode): Inode => ({ ...inode, mtime });
    return typeof value === 'string' ? mapInodes(tree, change) : mapInode(tree, value.path, change);
  },
};

/** As `tar --clamp-mtime` and SOURCE_DATE_EPOCH have it: later times become this one, earlier ones stay. */
export const clamp: EditKind<string> = {
  name: 'clamp',
  value: time,
  apply(tree, value) {
    const latest = nanoseconds(value);
    return mapInodes(tree, (inode) => (inode.mtime > latest ? { ...inode, mtime: latest } : inode));
  },
};

export const chmod: EditKind<{
  readonly path: string;
  /** Octal, as chmod(1) takes it. */
  readonly mode: string;
  /** As `chmod -R`: all below as well, but for symlinks, which chmod leaves alone there. */
  readonly recursive?: true | undefined;
}> = {
  name: 'chmod',
  value: z.strictObject({
    path,
    mode: z.string().regex(/^[0-7]{3,4}$/, 'give an octal mode'),
    recursive: z.literal(true).optional(),
  }),
  path: (value) => value.path,
  apply(tree, value) {
    const mode = Number.parseInt(value.mode, 8);
    if (!value.recursive) return mapInode(tree, value.path, (inode) => ({ ...inode, mode }));
    const top = treePath(value.path);
    return mapInodes(
      tree,
      (inode) => (inode.type === 'symlink' ? inode : { ...inode, mode }),
      (own) => isAtOrBelow(own, top),
    );
  },
};

const [SET_USER_ID, SET_GROUP_ID, GROUP_EXECUTES] = [0o4000, 0o2000, 0o010];

/** As `chown -R`: the path and all below, symlinks themselves. Owners have numbers alone afterwards. */
export const chown: EditKind<{
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
}> = {
  name: 'chown',
  value: z.strictObject({
    path,
    uid: z.int().min(0).max(0xffff_fffe),
    gid: z.int().min(0).max(0xffff_fffe),
  }),
  path: (value) => value.path,
  apply(tree, { path: text, uid, gid }) {
    const top = treePath(text);
    return mapInodes(
      tree,
      (inode) => ({
        ...inode,
        mode: inode.type === 'file' ? withoutSetId(inode.mode) : inode.mode,
        uid,
        gid,
        userName: '',
        groupName: '',
      }),
      (own) => isAtOrBelow(own, top),
    );
  },
};

/** Linux takes these away from a file that changes its owner (chown(2)). */
function withoutSetId(mode: number): number {
  return mode & ~SET_USER_ID & (mode & GROUP_EXECUTES ? ~SET_GROUP_ID : -1);
}
