import type { Chart } from './charts/mod.ts';

/**
 * A chart as SVG text, the same bytes on every runtime: text is measured by estimate, never by a canvas that one runtime
 * has and the other lacks; places are rounded; ids inside the drawing count from zero.
 */
export async function renderSvg(chart: Chart): Promise<string> {
  // Half of the time that a verb takes to start, and few of them draw.
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const { textMetrics } = vega as unknown as { textMetrics: { canvas(use: boolean): void } };
  textMetrics.canvas(false);
  vega.resetSVGDefIds();
  const { spec } = compile(chart.spec, { logger: silent });
  const view = new vega.View(vega.parse(spec), { renderer: 'none', logger: silent });
  try {
    const svg = await view.toSVG();
    return `${roundPlaces(svg.replace(EMPTY, ''))}\n`;
  } finally {
    view.finalize();
  }
}

/** A mark without data: a symbol without a name to a screen reader. */
const EMPTY = /<g [^>]*aria-roledescription="[^"]* mark container"[^>]*\/>/g;

const PLACES = /\b(transform|d|x|y|x1|x2|y1|y2|width|height|viewBox)="([^"]*)"/g;

/** Logarithms differ between runtimes in their last digits; a thousandth of a pixel is finer than any screen. */
function roundPlaces(svg: string): string {
  return svg.replace(/<[^>]*>/g, (tag) =>
    tag.replace(
      PLACES,
      (_, name: string, value: string) =>
        `${name}="${value.replace(/-?\d+\.\d{4,}(?:e-\d+)?/g, (number) => String(round(Number(number))))}"`,
    ),
  );
}

function round(pixels: number): number {
  return Math.round(pixels * 1000) / 1000;
}

/** Warnings of Vega are of no use to the reader of a report; a fault in a specification is found by the tests. */
const silent = Object.freeze({
  level: () => silent,
  error: (...words: readonly unknown[]) => {
    throw new Error(words.map(String).join(' '));
  },
  warn: () => silent,
  info: () => silent,
  debug: () => silent,
});
