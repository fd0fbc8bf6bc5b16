import type { TarEntry } from '../trees/tar.ts';
import { encodeToc, escapeAsGo, printTime, type TocRow } from './toc.ts';

/**
 * The table of contents as the library of eStargz's owner writes it (containerd/stargz-snapshotter, estargz, `TOCEntry`): fields
 * in the order of its structure, indented, names of owners where they change, times in whole seconds.
 */
const FIELDS = [
  'name',
  'type',
  'size',
  'modtime',
  'linkName',
  'mode',
  'uid',
  'gid',
  'userName',
  'groupName',
  'offset',
  'innerOffset',
  'devMajor',
  'devMinor',
  'xattrs',
  'digest',
  'chunkOffset',
  'chunkSize',
  'chunkDigest',
] as const;

/** Throws a SkippedError where it is longer than text can be in JavaScript. */
export function writeStargzToc(rows: readonly TocRow[]): Uint8Array {
  const users = new Map<unknown, unknown>();
  const groups = new Map<unknown, unknown>();
  const entries = rows.map((row) => {
    const names = {
      userName: ifChanged(users, row['uid'], row['userName']),
      groupName: ifChanged(groups, row['gid'], row['groupName']),
    };
    const all: TocRow = { ...row, ...names };
    return Object.fromEntries(
      FIELDS.filter((field) => isStated(all[field])).map((field) => [field, all[field]]),
    );
  });
  return encodeToc(() => escapeAsGo(JSON.stringify({ version: 1, entries }, undefined, '\t')));
}

/** Whole seconds, halves rounded up; nothing for the first second of the epoch. */
export function stargzTime(mtime: TarEntry['mtime']): string | undefined {
  const HALF = 500_000_000n;
  const SECOND = 2n * HALF;
  // Go takes the second that a time lies in, and leaves out the first alone.
  const second = (mtime - (((mtime % SECOND) + SECOND) % SECOND)) / SECOND;
  if (second === 0n) return undefined;
  const rest = mtime - second * SECOND;
  return printTime((rest >= HALF ? second + 1n : second) * SECOND);
}

/** Nothing where the id had this name before. */
function ifChanged(known: Map<unknown, unknown>, id: unknown = 0, name: unknown): unknown {
  if (name === undefined || known.get(id) === name) return undefined;
  known.set(id, name);
  return name;
}

/** Go leaves out fields that are zero. */
function isStated(value: unknown): boolean {
  return value !== undefined && value !== 0 && value !== '';
}
