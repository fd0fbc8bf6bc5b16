import type { TopLevelSpec } from 'vega-lite';
import { CAUSES, type Cause } from '../../attribution/known.ts';
import { directoryOf, type Tile } from '../../attribution/tiles.ts';
import { formatBytes, formatNumber, formatShare, plural } from '../../format.ts';
import { described } from '../charts/chart.ts';
import { theme } from '../charts/theme.ts';
import { printable } from '../escape.ts';
import { type Box, inset } from './layout.ts';

/** Rectangles and their labels: what a treemap and an icicle have in common. */

/** A rectangle that says something. */
export interface Shape extends Box {
  readonly cause: Cause;
  readonly description: string;
}

export interface Label {
  readonly x: number;
  /** Of its upper edge. */
  readonly y: number;
  readonly text: string;
}

/** What a page draws, in the order drawn. */
export interface Picture {
  /** Groups of tiles: no cause is theirs alone. */
  readonly groups: readonly Shape[];
  readonly tiles: readonly Shape[];
  /** Upon the ground and groups. */
  readonly headings: readonly Label[];
  /** Upon groups. */
  readonly names: readonly Label[];
  /** Upon tiles. */
  readonly labels: readonly Label[];
}

/** Room for a drawing: pixels. */
export interface Room {
  readonly width: number;
  readonly height: number;
  /** Characters of a line of the title. */
  readonly characters: number;
  readonly isNarrow: boolean;
}

/** Of Okabe and Ito, each light enough for black letters. */
const COLOURS: Readonly<Record<Cause, string>> = {
  'new file': '#56b4e9',
  'changed content': '#e69f00',
  metadata: '#cc79a7',
  neighbour: '#a9b4bf',
  'index or manifest': '#f0e442',
  'range gap': '#00a878',
};

export function colourOf(cause: Cause): string {
  return COLOURS[cause];
}

export interface Heading {
  readonly title: readonly string[];
  readonly subtitle: readonly string[];
  readonly description: string;
}

/** The picture as a Vega-Lite specification. Places are pixels: nothing is left to scales. */
export function specOf(picture: Picture, room: Room, heading: Heading): TopLevelSpec {
  const { width, height, isNarrow } = room;
  const place = (field: string, length: number, isDown: boolean): object => ({
    field,
    type: 'quantitative',
    scale: { domain: isDown ? [length, 0] : [0, length], nice: false, zero: false },
    axis: null,
  });
  const box = {
    x: place('x0', width, false),
    x2: { field: 'x1' },
    y: place('y0', height, true),
    y2: { field: 'y1' },
    description: described,
  };
  const used = CAUSES.filter((cause) => picture.tiles.some((tile) => tile.cause === cause));
  const colour = {
    field: 'cause',
    type: 'nominal',
    scale: { domain: used, range: used.map(colourOf) },
    sort: null,
    legend: {
      title: 'cause',
      orient: 'bottom',
      direction: 'horizontal',
      columns: isNarrow ? 2 : used.length,
      symbolType: 'square',
      symbolOpacity: 1,
    },
  };
  const texts = (values: readonly Label[], mark: object): object => ({
    data: { values: values.filter(({ text }) => text !== '') },
    mark: { type: 'text', align: 'left', baseline: 'top', aria: false, ...mark },
    encoding: {
      x: place('x', width, false),
      y: place('y', height, true),
      text: { field: 'text', type: 'nominal' },
    },
  });
  const rows = isNarrow ? Math.ceil(used.length / 2) : 1;
  const spec = {
    // Widths of texts are guessed a third too wide where no canvas is: titles would shrink the picture.
    autosize: { type: 'none' },
    padding: {
      left: 8,
      right: 8,
      top: 30 + 17 * heading.title.length + 14 * heading.subtitle.length,
      bottom: 34 + 17 * rows,
    },
    title: {
      text: [...heading.title],
      subtitle: [...heading.subtitle],
      ...(isNarrow ? { fontSize: 13.5, subtitleFontSize: 11 } : {}),
    },
    description: heading.description,
    width,
    height,
    // Groups need no legend of their own.
    resolve: { scale: { color: 'independent' } },
    layer: [
      {
        data: { values: picture.groups.map(cleaned) },
        mark: { type: 'rect', fillOpacity: 0.3, stroke: 'currentColor', strokeOpacity: 0.25 },
        encoding: { ...box, color: { ...colour, legend: null } },
      },
      {
        data: { values: picture.tiles.map((tile) => cleaned({ ...tile, ...inset(tile, 0.5) })) },
        mark: { type: 'rect', opacity: 1 },
        encoding: { ...box, color: colour },
      },
      texts(picture.headings, { fontWeight: 'bold' }),
      texts(picture.names, {}),
      texts(picture.labels, { fill: '#000' }),
    ],
    config: theme,
  };
  return spec as unknown as TopLevelSpec;
}

function cleaned<One extends Shape>(shape: One): One {
  return { ...shape, description: printable(shape.description) };
}

/** Sum of bytes. */
export function bytesOf(tiles: readonly Pick<Tile, 'bytes'>[]): number {
  return tiles.reduce((sum, tile) => sum + tile.bytes, 0);
}

/** Of the most bytes, the first of equal ones. */
export function mainCause(tiles: readonly Tile[]): Cause {
  const sums = new Map<Cause, number>();
  for (const { cause, bytes } of tiles) sums.set(cause, (sums.get(cause) ?? 0) + bytes);
  return [...sums].reduce((most, one) => (one[1] > most[1] ? one : most))[0];
}

/** `1.20 MB, 37.9 %` */
export function amountOf(bytes: number, all: number): string {
  return `${formatBytes(bytes)}, ${formatShare(all > 0 ? bytes / all : 0)}`;
}

/** The last name of its path, or what it is. */
export function shortName(tile: Tile): string {
  if (tile.path !== undefined) return tile.path.split('/').at(-1) || '/';
  return longName(tile);
}

/** As it stands in tables. */
export function longName({ path, part, count }: Tile): string {
  if (path !== undefined) return `/${path}`;
  return part ?? `${formatNumber(count)} more`;
}

/** What a screen reader says of a tile, and a pointer shows. */
export function describeTile(tile: Tile, all: number): string {
  const { group, package: name, cause, bytes, count, path, part } = tile;
  const isSeveral = path === undefined && part === undefined;
  const what = isSeveral ? `${plural(count, 'smaller part')} of ${group}` : longName(tile);
  const owner = name === undefined ? '' : ` (${name === group ? name : `${name}, ${group}`})`;
  return `${what}${owner}: ${amountOf(bytes, all)}, ${cause}`;
}

/** Where a path lies; undefined of what is several, or no path. */
export function directoryOfTile({ path }: Tile): string | undefined {
  return path === undefined ? undefined : directoryOf(path);
}
