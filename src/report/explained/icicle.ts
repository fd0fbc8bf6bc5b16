import { NO_PACKAGE, type Tile, type Tiles } from '../../attribution/tiles.ts';
import { formatBytes } from '../../format.ts';
import { fit } from './labels.ts';
import { stack } from './layout.ts';
import {
  amountOf,
  bytesOf,
  describeTile,
  directoryOfTile,
  type Label,
  mainCause,
  type Picture,
  type Room,
  type Shape,
  shortName,
} from './picture.ts';

/** A column: what it holds, and of which node a tile is a part there; undefined where the tile takes all columns from here. */
interface Level {
  readonly title: string;
  nameOf(tile: Tile): string | undefined;
}

/** Pixels of the line of titles, of a line of text, and from its edges. */
const TITLES = 18;
const LINE = 13;
const MARGIN = 4;
const GAP = 2;

/** One column a level, from groups to files; heights are in proportion to bytes. */
export function icicle({ tiles, bytes, groupedBy }: Tiles, room: Room): Picture {
  const levels = levelsOf(groupedBy, room.isNarrow);
  const step = room.width / levels.length;
  const groups: Shape[] = [];
  const drawn: Shape[] = [];
  const names: Label[] = [];
  const labels: Label[] = [];
  const divide = (own: readonly Tile[], depth: number, from: number, to: number): void => {
    const level = levels[depth]!;
    const isLast = depth === levels.length - 1;
    const parts = new Map<string | Tile, readonly Tile[]>();
    for (const tile of own) {
      const name = isLast ? undefined : level.nameOf(tile);
      const key = name ?? tile;
      parts.set(key, [...(parts.get(key) ?? []), tile]);
    }
    const sorted = [...parts].toSorted(([, a], [, b]) => bytesOf(b) - bytesOf(a));
    const places = stack(
      sorted.map(([, inner]) => bytesOf(inner)),
      from,
      to,
    );
    for (const [number, [key, inner]] of sorted.entries()) {
      const [y0, y1] = [places[number]!, places[number + 1]!];
      const isTile = typeof key !== 'string';
      const x0 = depth * step;
      const x1 = isTile ? room.width : x0 + step - GAP;
      const sum = bytesOf(inner);
      const name = isTile ? shortName(key) : key;
      const label = { x: x0 + MARGIN, y: y0 + Math.min(MARGIN, (y1 - y0 - 11) / 2) };
      const width = x1 - x0 - 2 * MARGIN;
      const text = y1 - y0 < LINE ? '' : labelOf(name, sum, width);
      if (isTile) {
        drawn.push({ x0, x1, y0, y1, cause: key.cause, description: describeTile(key, bytes) });
        labels.push({ ...label, text });
        continue;
      }
      const description = `${level.title} ${key}: ${amountOf(sum, bytes)}`;
      groups.push({ x0, x1, y0, y1, cause: mainCause(inner), description });
      names.push({ ...label, text });
      divide(inner, depth + 1, y0, y1);
    }
  };
  const shown = tiles.filter((tile) => tile.bytes > 0);
  divide(shown, 0, TITLES, room.height);
  const headings = levels.map(({ title }, depth) => ({
    x: depth * step + MARGIN,
    y: 0,
    text: fit(title, step - MARGIN),
  }));
  return { groups, tiles: drawn, headings, names, labels };
}

/** With the size where there is room for both. */
function labelOf(name: string, bytes: number, width: number): string {
  const both = fit(`${name} ${formatBytes(bytes)}`, width);
  return both === '' || both.endsWith('…') ? fit(name, width) : both;
}

function levelsOf(groupedBy: Tiles['groupedBy'], isNarrow: boolean): readonly Level[] {
  const group: Level = { title: groupedBy, nameOf: ({ group: name }) => name };
  const packages: Level = {
    title: 'package',
    nameOf: ({ path, package: name = NO_PACKAGE }) => (path === undefined ? undefined : name),
  };
  const directory: Level = { title: 'directory', nameOf: directoryOfTile };
  // Each tile stands for itself in the last column.
  const file: Level = { title: 'file', nameOf: () => undefined };
  if (isNarrow) return [group, file];
  return groupedBy === 'directory' ? [group, directory, file] : [group, packages, directory, file];
}
