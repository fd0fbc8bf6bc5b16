import { escapeHtml } from './escape.ts';
import type { Cell, Column, Table } from './tables/mod.ts';

/** Of more rows a page is slow to load: they are drawn as they come into sight, from data. */
const MOST_WRITTEN = 200;

/** True where the page draws the rows itself: {@link drawnTable} is what it needs for that. */
export function isDrawn({ rows }: Table): boolean {
  return rows.length > MOST_WRITTEN;
}

/** A long table column by column: what cells say is there once, since rows repeat it. */
export interface DrawnTable {
  readonly columns: readonly Column[];
  readonly cells: readonly DrawnColumn[];
}

/** The cells of one column. */
interface DrawnColumn {
  /** Without what they sort by. */
  readonly distinct: readonly Cell[];
  /** Of each row its place in `distinct`. */
  readonly rows: readonly number[];
  /** What each row sorts by, null where it has no value; absent where no row has one. */
  readonly sort?: readonly (number | null)[];
}

/** As data for client/static.js. */
export function drawnTable({ columns, rows }: Table): DrawnTable {
  return { columns, cells: columns.map((_, column) => drawnColumn(rows, column)) };
}

function drawnColumn(rows: Table['rows'], column: number): DrawnColumn {
  const places = new Map<string, number>();
  const distinct: Cell[] = [];
  const sorts: (number | null)[] = [];
  const numbers = rows.map((cells) => {
    const { sort = null, ...said } = cells[column]!;
    sorts.push(sort);
    const key = JSON.stringify(said);
    const place = places.get(key) ?? distinct.push(said) - 1;
    places.set(key, place);
    return place;
  });
  const isSorted = sorts.some((sort) => sort !== null);
  return { distinct, rows: numbers, ...(isSorted ? { sort: sorts } : {}) };
}

/** Rows from which on a table scrolls in a frame of its own. */
const TALL = 24;

/** For a page that has client/table.js: written out, or drawn where it is long. */
export function reportTable(table: Table): string {
  return isDrawn(table) ? drawnLater(table) : htmlTable(table);
}

export function htmlTable({ id, title, note, columns, rows }: Table): string {
  const head = columns.map(heading).join('');
  const body = rows
    .map(
      (cells) => `<tr>${cells.map((cell, index) => htmlCell(cell, columns[index]!)).join('')}</tr>`,
    )
    .join('\n');
  const frame = rows.length > TALL ? 'wide tall' : 'wide';
  return `<h3 id="${escapeHtml(id)}">${escapeHtml(title)}${anchorTo(id)}</h3>
<p class="note">${escapeHtml(note)}</p>
<div class="${frame}" role="region" tabindex="0" aria-labelledby="${escapeHtml(id)}">
<table class="sortable">
<thead><tr>${head}</tr></thead>
<tbody>
${body}
</tbody>
</table>
</div>`;
}

/** A link to what has this id, shown beside its heading. */
export function anchorTo(id: string): string {
  return `<a class="anchor" href="#${escapeHtml(id)}" aria-label="Link to this heading">#</a>`;
}

function drawnLater({ id, title, note, rows }: Table): string {
  return `<h3 id="${escapeHtml(id)}">${escapeHtml(title)}${anchorTo(id)}</h3>
<p class="note">${escapeHtml(note)}</p>
<noscript><p class="note">${rows.length} rows, which are drawn by script; summary.csv and records.jsonl have their figures.</p></noscript>
<div class="wide tall" id="rows-${escapeHtml(id)}" role="region" tabindex="0" aria-labelledby="${escapeHtml(id)}"></div>`;
}

function heading({ title, numeric = false, wide = false, hint = '' }: Column): string {
  return `<th scope="col"${classOf(numeric, wide)}${titleOf(hint)}><span>${escapeHtml(title)}</span></th>`;
}

function htmlCell({ text, sort, hint = '', colour }: Cell, { numeric = false }: Column): string {
  const order = sort === undefined ? '' : ` data-sort="${sort}"`;
  if (colour !== undefined) {
    const swatch = `<span class="swatch" style="background:${escapeHtml(colour)}"></span>`;
    return `<td class="name"${order}${titleOf(hint)}>${swatch}<bdi>${escapeHtml(text)}</bdi></td>`;
  }
  return `<td${classOf(numeric)}${order}${titleOf(hint)}><bdi>${escapeHtml(text)}</bdi></td>`;
}

function classOf(numeric: boolean, wide = false): string {
  if (wide) return ' class="words"';
  return numeric ? ' class="number"' : '';
}

function titleOf(hint: string): string {
  return hint === '' ? '' : ` title="${escapeHtml(hint)}"`;
}
