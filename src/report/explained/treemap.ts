import type { Tile, Tiles } from '../../attribution/tiles.ts';
import { formatBytes } from '../../format.ts';
import { groupBy } from '../group.ts';
import { fit } from './labels.ts';
import { type Box, inset, squarify } from './layout.ts';
import {
  amountOf,
  bytesOf,
  describeTile,
  type Label,
  mainCause,
  type Picture,
  type Room,
  type Shape,
  shortName,
} from './picture.ts';

/** Pixels of the line that names a group. */
const HEADING = 16;
/** Of a line within a tile, and from its edges. */
const LINE = 13;
const MARGIN = 3;

/** Groups as boxes with their names, tiles in them: areas within a box are in proportion to bytes. */
export function treemap({ tiles, bytes }: Tiles, { width, height }: Room): Picture {
  const groups = [...groupBy(tiles, ({ group }) => group)]
    .map(([name, own]) => ({ name, own: own.filter((tile) => tile.bytes > 0) }))
    .map((group) => ({ ...group, sum: bytesOf(group.own) }))
    .filter(({ sum }) => sum > 0)
    .toSorted((a, b) => b.sum - a.sum);
  const boxes = squarify(
    groups.map(({ sum }) => sum),
    { x0: 0, y0: 0, x1: width, y1: height },
  );
  const shapes: Shape[] = [];
  const drawn: Shape[] = [];
  const headings: Label[] = [];
  const labels: Label[] = [];
  for (const [number, { name, own, sum }] of groups.entries()) {
    const box = inset(boxes[number]!, 1.5);
    const cause = mainCause(own);
    shapes.push({ ...box, cause, description: `${name}: ${amountOf(sum, bytes)}` });
    const heading = fit(`${name} ${formatBytes(sum)}`, box.x1 - box.x0 - 2 * MARGIN);
    const hasHeading = heading !== '' && box.y1 - box.y0 >= 2 * HEADING;
    if (hasHeading) headings.push({ x: box.x0 + MARGIN, y: box.y0 + MARGIN, text: heading });
    const inner = { ...box, y0: box.y0 + (hasHeading ? HEADING : 0) };
    const sorted = own.toSorted((a, b) => b.bytes - a.bytes);
    const places = squarify(
      sorted.map((tile) => tile.bytes),
      inner,
    );
    for (const [index, tile] of sorted.entries()) {
      const place = places[index]!;
      drawn.push({ ...place, cause: tile.cause, description: describeTile(tile, bytes) });
      labels.push(...labelsOf(tile, place));
    }
  }
  return { groups: shapes, tiles: drawn, headings, names: [], labels };
}

function labelsOf(tile: Tile, { x0, x1, y0, y1 }: Box): readonly Label[] {
  const room = x1 - x0 - 2 * MARGIN;
  const name = fit(shortName(tile), room);
  if (name === '' || y1 - y0 < LINE + MARGIN) return [];
  const first = { x: x0 + MARGIN, y: y0 + MARGIN, text: name };
  const size = fit(formatBytes(tile.bytes), room);
  // A size that is cut is another size.
  if (y1 - y0 < 2 * LINE + MARGIN || size.endsWith('…')) return [first];
  return [first, { ...first, y: first.y + LINE, text: size }];
}
