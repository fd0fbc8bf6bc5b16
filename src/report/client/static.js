import { rowsOf } from './charts.js';
import { offer, render } from './picture.js';
import { createTable } from './table.js';
import { download, element } from './text.js';

/**
 * What was drawn before the page was written: charts can be taken along, and tables too long to be written out are drawn.
 *
 * @typedef {import('./table.js').Cell} Cell
 * @typedef {{ distinct: Cell[], rows: number[], sort?: (number | null)[] }} DrawnColumn `rows` are places in `distinct`
 * @typedef {{ columns: import('./table.js').Column[], cells: DrawnColumn[] }} Table
 */

/** @param {Record<string, Record<string, unknown>>} charts specifications by name */
export function offerCharts(charts) {
  for (const [name, spec] of Object.entries(charts)) {
    const figure = document.getElementById(`chart-${name}`);
    const drawing = figure?.querySelector('svg');
    if (!figure || !drawing) continue;
    const tools = element('div', { class: 'tools' });
    figure.append(tools);
    const text = new XMLSerializer().serializeToString(drawing);
    offer(tools, name, spec, {
      svg: () => download(`${name}.svg`, 'image/svg+xml', text),
      canvas: async () => {
        const view = await render(element('div'), spec, 'none');
        const canvas = await view.toCanvas(2);
        view.finalize();
        return canvas;
      },
      rows: () => rowsOf(spec),
    });
  }
}

/** @param {Record<string, Table>} tables by id */
export function drawTables(tables) {
  for (const [id, { columns, cells }] of Object.entries(tables)) {
    const frame = document.getElementById(`rows-${id}`);
    if (frame) createTable(frame, columns, { sort: '', onSort() {} }).show(rowsOfTable(cells));
  }
}

/**
 * @param {readonly DrawnColumn[]} cells
 * @returns {Cell[][]}
 */
export function rowsOfTable(cells) {
  const [first] = cells;
  return (first?.rows ?? []).map((_, row) =>
    cells.map(({ distinct, rows, sort }) => {
      const said = distinct[rows[row]];
      const value = sort?.[row] ?? undefined;
      return value === undefined ? said : { ...said, sort: value };
    }),
  );
}
