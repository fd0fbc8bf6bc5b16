import { escapeHtml } from './escape.ts';
import type { Cell, Column, Table } from './tables/mod.ts';

/** Rows from which on a table scrolls in a frame of its own. */
const TALL = 24;

export function htmlTable({ id, title, note, columns, rows }: Table): string {
  const head = columns.map(heading).join('');
  const body = rows
    .map(
      (cells) => `<tr>${cells.map((cell, index) => htmlCell(cell, columns[index]!)).join('')}</tr>`,
    )
    .join('\n');
  const frame = rows.length > TALL ? 'wide tall' : 'wide';
  return `<h3 id="${escapeHtml(id)}">${escapeHtml(title)}</h3>
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
