import * as vega from 'vega';
import { compile } from 'vega-lite';
import type { Chart } from './charts/mod.ts';

const textMetrics = (vega as unknown as { textMetrics: { canvas(use: boolean): void } })
  .textMetrics;

/**
 * A chart as SVG text, the same bytes on every runtime: text is measured by estimate, never by a canvas that one runtime
 * has and the other lacks; numbers are printed in one notation; ids inside the drawing count from zero.
 */
export async function renderSvg(chart: Chart): Promise<string> {
  textMetrics.canvas(false);
  vega.resetSVGDefIds();
  const { spec } = compile(chart.spec, { logger: silent });
  const view = new vega.View(vega.parse(spec), { renderer: 'none', logger: silent });
  try {
    const svg = await view.toSVG();
    return `${svg}\n`;
  } finally {
    view.finalize();
  }
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
