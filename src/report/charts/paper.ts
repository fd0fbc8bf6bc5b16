import type { TopLevelSpec } from 'vega-lite';
import type { Chart } from './chart.ts';
import { theme } from './theme.ts';

/** Drawings for print: black on white, a serif font, wide enough for one of two columns. */

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
  const spec = { ...(narrowed(inked(body)) as Record<string, unknown>), config: paperTheme };
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
