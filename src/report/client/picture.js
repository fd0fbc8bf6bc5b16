import { configOf, rowsOf } from './charts.js';
import { csv, download, tool } from './text.js';

/**
 * Draws a specification, and hands it out in four forms.
 *
 * @typedef {Record<string, unknown>} Spec
 * @typedef {{ x?: number[], y?: number[] }} Area
 */

/** Vega and Vega-Lite, which stand above in the same script. @type {any} */
const libraries = globalThis;

/** Their warnings are of no use to a reader. */
const silent = {
  level: () => silent,
  error: () => silent,
  warn: () => silent,
  info: () => silent,
  debug: () => silent,
};

const SCHEMA = 'https://vega.github.io/schema/vega-lite/v6.json';

/**
 * @param {HTMLElement} box
 * @param {Spec} spec
 * @param {string} renderer
 */
export async function render(box, spec, renderer) {
  const { vega, vegaLite, vegaInterpreter } = libraries;
  const { spec: compiled } = vegaLite.compile(spec, { logger: silent });
  const view = new vega.View(vega.parse(compiled, undefined, { ast: true }), {
    renderer,
    container: renderer === 'none' ? null : box,
    expr: vegaInterpreter.expressionInterpreter,
    hover: renderer !== 'none',
    logger: silent,
  });
  return view.runAsync();
}

/**
 * Buttons that hand out a chart.
 * @param {HTMLElement} tools
 * @param {string} name of files, without extension
 * @param {Spec} spec
 * @param {{ svg: () => unknown, canvas: () => Promise<HTMLCanvasElement>, rows: () => (string | number)[][] }} forms
 */
export function offer(tools, name, spec, { svg, canvas, rows }) {
  tools.replaceChildren(
    tool('SVG', svg),
    tool('PNG', async () => {
      const drawn = await canvas();
      drawn.toBlob((blob) => blob && download(`${name}.png`, 'image/png', blob));
    }),
    tool('Vega-Lite', () => {
      const text = JSON.stringify({ $schema: SCHEMA, ...spec }, undefined, 1);
      download(`${name}.vl.json`, 'application/json', text);
    }),
    tool('data', () => download(`${name}.csv`, 'text/csv', csv(rows()))),
  );
}

/**
 * Draws what was chosen, in the colours of the page.
 * @param {HTMLElement} box
 * @param {HTMLElement} tools
 * @param {Spec} spec
 * @param {string} title
 * @param {(spec: Spec, area: Area) => void} brushed
 * @param {Area} area that is brushed from the beginning
 * @returns {Promise<{ finalize(): void }>}
 */
export async function drawPicture(box, tools, spec, title, brushed, area = {}) {
  const style = getComputedStyle(document.documentElement);
  const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const colours = { ink: colour('--ink'), quiet: colour('--quiet'), line: colour('--line') };
  const view = await render(box, { ...spec, config: configOf(colours) }, 'svg');
  if (JSON.stringify(spec).includes('"brush"')) {
    view.addSignalListener('brush', (/** @type {string} */ _, /** @type {Area} */ drawn) =>
      brushed(spec, drawn),
    );
    // As the link has it: what the chart gives back is rounded to its pixels.
    if (area.x && area.y) brushed(spec, area);
  }
  const name = `ocibench-${title.replaceAll(/\W+/g, '-')}`;
  offer(tools, name, spec, {
    svg: async () => download(`${name}.svg`, 'image/svg+xml', await view.toSVG()),
    canvas: () => view.toCanvas(2),
    rows: () => rowsOf(spec),
  });
  return view;
}
