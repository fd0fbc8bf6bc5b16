import { plural } from '../format.ts';
import type { AttributedBytes, Attribution } from './account.ts';
import { CAUSES, type Cause } from './known.ts';
import type { Part } from './spans.ts';

/** Bytes that are drawn as one: of one path and cause, or of the smaller paths of one group and cause. */
export interface Tile {
  /** Source package or directory; what is of neither, and small groups together, in brackets. */
  readonly group: string;
  readonly package?: string;
  /** Absent of bytes of no path, and of several paths. */
  readonly path?: string;
  /** What bytes of no path are. */
  readonly part?: Part;
  /** Pairs of path and cause that it stands for. */
  readonly count: number;
  readonly cause: Cause;
  readonly bytes: number;
  /** What they are before compression: bytes. */
  readonly uncompressedBytes: number;
}

/** One record as few tiles, none of its bytes left out. */
export interface Tiles {
  /** What groups are: directories where no package database names owners. */
  readonly groupedBy: 'source package' | 'directory';
  /** Sum of the tiles, and the value of the record. */
  readonly bytes: number;
  /** Pairs of path and cause. */
  readonly count: number;
  /** Group by group, those with most bytes first, small groups together last. */
  readonly tiles: readonly Tile[];
}

/** Stands for the package of paths that have none. */
export const NO_PACKAGE = '(of no package)';

/** A reader tells no more of them apart. */
const MOST_GROUPS = 14;
const MOST_PATHS = 60;

/** The groups and paths with most bytes; the others are one tile a group and cause. */
export function tilesOf({ bytes, parts }: Pick<Attribution, 'bytes' | 'parts'>): Tiles {
  const groupedBy = parts.some((part) => part.package !== undefined)
    ? 'source package'
    : 'directory';
  const rows = merged(parts.map((part) => tileOf(part, groupedBy)));
  const groups = rankGroups(rows);
  const shown = new Set(groups.length > MOST_GROUPS + 1 ? groups.slice(0, MOST_GROUPS) : groups);
  const names = groupedBy === 'directory' ? 'other directories' : 'other source packages';
  const others = `(${plural(groups.length - shown.size, names, names)})`;
  const most = new Set(rows.filter(({ group }) => shown.has(group)).slice(0, MOST_PATHS));
  const tiles = merged(
    rows.map((row) => {
      if (most.has(row)) return row;
      const { count, cause, bytes: own, uncompressedBytes } = row;
      const group = shown.has(row.group) ? row.group : others;
      return { group, count, cause, bytes: own, uncompressedBytes };
    }),
  );
  const order = [...groups.filter((group) => shown.has(group)), others];
  const sorted = [...tiles].sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group));
  return { groupedBy, bytes, count: rows.length, tiles: sorted };
}

function tileOf(part: AttributedBytes, groupedBy: Tiles['groupedBy']): Tile {
  const { path, package: name, sourcePackage = name, cause, bytes, uncompressedBytes } = part;
  const sums = { count: 1, cause, bytes, uncompressedBytes };
  if (path === undefined) return { group: '(of no path)', part: part.part!, ...sums };
  if (groupedBy === 'directory') return { group: directoryOf(path, 2), path, ...sums };
  const group = sourcePackage ?? NO_PACKAGE;
  return { group, ...(name === undefined ? {} : { package: name }), path, ...sums };
}

/** `/usr/lib` of `usr/lib/a/b`. @param depth names at most */
export function directoryOf(path: string, depth: number = Number.POSITIVE_INFINITY): string {
  return `/${path.split('/').slice(0, -1).slice(0, depth).join('/')}`;
}

/** Equal ones as one, most bytes first. */
function merged(rows: readonly Tile[]): readonly Tile[] {
  const byKey = new Map<string, Tile>();
  for (const row of rows) {
    const { count, bytes, uncompressedBytes } = row;
    const key = keyOf(row);
    const sum = byKey.get(key);
    byKey.set(key, {
      ...row,
      count: sum && row.path === undefined && row.part === undefined ? sum.count + count : count,
      bytes: (sum?.bytes ?? 0) + bytes,
      uncompressedBytes: (sum?.uncompressedBytes ?? 0) + uncompressedBytes,
    });
  }
  return [...byKey]
    .sort(([a, one], [b, other]) => other.bytes - one.bytes || (a < b ? -1 : 1))
    .map(([, row]) => row);
}

function keyOf({ group, package: name, path, part, cause }: Tile): string {
  return JSON.stringify([group, path, part, name, CAUSES.indexOf(cause)]);
}

/** Most bytes first. */
function rankGroups(rows: readonly Tile[]): readonly string[] {
  const sums = new Map<string, number>();
  for (const { group, bytes } of rows) sums.set(group, (sums.get(group) ?? 0) + bytes);
  return [...sums].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([group]) => group);
}
