import type { TopLevelSpec } from 'vega-lite';
import type { Chart } from './chart.ts';
import { theme } from './theme.ts';

/**
 * Drawings for print: black on white, a serif font, wide enough for one of two columns. Nothing is told by hue alone: categories differ
 * in lightness, and where these are too few, in shape, dash or outline.
 */

/** Of a frame for the screen. A drawing of 340 px in a column of 84 mm has its text in 8 to 9 points. */
const NARROWER = 0.6;
const FONT = "'Times New Roman', Times, serif";
const INK = '#000';

const config = inked(theme) as Readonly<Record<string, object>>;

const paperTheme: Readonly<Record<string, unknown>> = {
  ...config,
  font: FONT,
  background: '#fff',
  axis: { ...config['axis'], labelFontSize: 13, titleFontSize: 13.5 },
  header: { ...config['header'], labelFontSize: 13.5 },
  legend: {
    ...config['legend'],
    orient: 'bottom',
    columns: 2,
    labelFontSize: 13,
    titleFontSize: 13,
  },
  text: { ...config['text'], fontSize: 12.5 },
};

/**
 * The same data and marks. Its title is left to the caption; nothing of it moves or is pointed at, since it is drawn to
 * paper.
 */
export function forPaper(chart: Chart): Chart {
  const { title: _, params: __, ...body } = chart.spec as unknown as Record<string, unknown>;
  const drawn = greyed(narrowed(inked(body)), rowsIn(body)) as Record<string, unknown>;
  const spec = { ...drawn, config: paperTheme };
  return { ...chart, spec: spec as unknown as TopLevelSpec };
}

/** Ink of the page around a drawing is black here. */
function inked(part: unknown): unknown {
  return mapped(part, (_, value) => (value === 'currentColor' ? INK : value));
}

/** Frames but not marks, whose width is a number as well; data are left as they are. */
function narrowed(part: unknown): unknown {
  return mapped(part, (name, value) =>
    name === 'width' && typeof value === 'number' && value > 100
      ? Math.round(value * NARROWER)
      : value,
  );
}

function mapped(part: unknown, change: (name: string, value: unknown) => unknown): unknown {
  if (Array.isArray(part)) return part.map((one) => mapped(one, change));
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([name, value]) => [
      name,
      name === 'values' ? value : mapped(change(name, value), change),
    ]),
  );
}

type Part = Readonly<Record<string, unknown>>;

/** Of lines and points: 3 : 1 and more against white, and apart from one another by 15 of lightness (L* of CIELAB) at least. */
const INKS = ['#000000', '#3d3d3d', '#6b6b6b', '#949494'];
/** Of areas, which have an outline: what is written into them stays legible. */
const FILLS = ['#ffffff', '#cfcfcf', '#a3a3a3', '#7a7a7a'];
/** As many of both as share no factor with the number of greys, so that the pairs are all different as long as can be. */
const SHAPES = [
  'circle',
  'square',
  'cross',
  'diamond',
  'triangle-up',
  'triangle-down',
  'triangle-right',
];
const DASHES = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
  [1, 3],
];
const AREAS = ['bar', 'rect', 'arc', 'area'];
const STROKES = ['line', 'rule', 'trail'];

/** @param rows data, for categories that a scale does not list */
function greyed(part: unknown, rows: readonly Part[]): unknown {
  if (Array.isArray(part)) return part.map((one) => greyed(one, rows));
  if (!isPart(part)) return part;
  const parts = Object.entries(part).map(([name, value]) => {
    if (name === 'values') return [name, value];
    if (['color', 'fill', 'stroke'].includes(name) && typeof value === 'string') {
      return [name, greyOf(value)];
    }
    return [name, greyed(value, rows)];
  });
  const own = Object.fromEntries(parts) as Part;
  const { encoding } = own;
  const colour = isPart(encoding) ? encoding['color'] : undefined;
  if (!isPart(encoding) || !isPart(colour) || colour['field'] === undefined) return own;
  if (colour['type'] === 'quantitative') {
    return { ...own, encoding: { ...encoding, color: withRange(colour, greysOf(colour)) } };
  }
  return categories(own, encoding, colour, rows);
}

/** One look for each category, in the order of the scale, and the channels that the mark has for it. */
function categories(own: Part, encoding: Part, colour: Part, rows: readonly Part[]): Part {
  const { mark } = own;
  const type = String(isPart(mark) ? mark['type'] : mark);
  const scale = isPart(colour['scale']) ? colour['scale'] : {};
  const listed = scale['domain'];
  const field = String(colour['field']);
  const domain = Array.isArray(listed) ? listed : [...new Set(rows.map((row) => row[field]))];
  const range = <T>(looks: readonly T[]): readonly T[] =>
    domain.map((_, place) => looks[place % looks.length]!);
  const channel = (looks: readonly unknown[]): Part => ({
    ...colour,
    scale: { domain, range: range(looks) },
  });
  const isArea = AREAS.includes(type);
  const color = channel(isArea ? FILLS : INKS);
  // A dashed line around a small symbol frays it: where points stand in the legend, dashes do not.
  const dash = isArea ? channel(DASHES) : { ...channel(DASHES), legend: null };
  const added = {
    ...(type === 'point' ? { shape: channel(SHAPES) } : {}),
    ...(isArea || STROKES.includes(type) ? { strokeDash: dash } : {}),
  };
  const outlined = isArea && { ...(isPart(mark) ? mark : { type }), stroke: INK, strokeWidth: 1 };
  return {
    ...own,
    ...(outlined ? { mark: outlined } : {}),
    encoding: { ...encoding, color, ...added },
  };
}

function withRange(channel: Part, range: readonly string[]): Part {
  const { scheme: _, ...scale } = isPart(channel['scale']) ? channel['scale'] : {};
  return { ...channel, scale: { ...scale, range } };
}

/** From light to dark, as its colours are; of a scheme by name those of areas. */
function greysOf(channel: Part): readonly string[] {
  const range = isPart(channel['scale']) ? channel['scale']['range'] : undefined;
  return Array.isArray(range) ? range.map((one) => greyOf(String(one))) : FILLS;
}

/** Of the same relative luminance (WCAG 2.2), so that what is written on it has the same contrast. */
function greyOf(colour: string): string {
  const [, hex] = /^#([0-9a-f]{6})$/i.exec(colour) ?? [];
  if (hex === undefined) return colour;
  const linear = [0, 2, 4].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  const share = luminance <= 0.0031308 ? 12.92 * luminance : 1.055 * luminance ** (1 / 2.4) - 0.055;
  const level = Math.round(255 * share)
    .toString(16)
    .padStart(2, '0');
  return `#${level}${level}${level}`;
}

function rowsIn(part: unknown): readonly Part[] {
  if (Array.isArray(part)) return part.flatMap(rowsIn);
  if (!isPart(part)) return [];
  return Object.entries(part).flatMap(([name, value]) =>
    name === 'values' && Array.isArray(value) ? value.filter(isPart) : rowsIn(value),
  );
}

function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
