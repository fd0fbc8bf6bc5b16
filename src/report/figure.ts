import type { Chart } from './charts/mod.ts';
import { escapeHtml as html } from './escape.ts';
import { anchorTo } from './html-table.ts';

/** A chart as it was drawn. */
export interface Drawing {
  readonly chart: Chart;
  readonly svg: string;
  /** The same for a phone, where it is not just scrolled. */
  readonly narrow?: string;
}

export function figure({ chart, svg, narrow }: Drawing): string {
  const { name } = chart;
  const wide = ownIds(svg, name);
  const boxes =
    narrow === undefined
      ? box(chart, wide)
      : box(chart, wide, 'on-wide') + box(chart, ownIds(narrow, `${name}-narrow`), 'on-narrow');
  return `<figure id="chart-${html(chart.name)}">
<h3>${html(chart.question)}${anchorTo(`chart-${chart.name}`)}</h3>
${boxes}<figcaption>${html(chart.caption)}</figcaption>
</figure>`;
}

function box({ title }: Chart, svg: string, when = ''): string {
  const names = ['chart', when].filter(Boolean).join(' ');
  return `<div class="${names}" role="region" tabindex="0" aria-label="${html(title)}">
${svg}</div>
`;
}

/** Ids in a drawing count from zero; of two drawings in one page each must find its own gradient. */
function ownIds(svg: string, name: string): string {
  const prefix = html(name);
  return svg
    .replace(/(<[^>]* id=")/g, `$1${prefix}-`)
    .replace(/(url\(#|\shref="#)/g, `$1${prefix}-`);
}

const OPENED = '<svg style="background:#fff;color:#000" ';
/** What {@link standalone} begins with. */
export const STANDALONE: RegExp = new RegExp(`^${OPENED}`);

/** By itself a drawing has a white ground and black ink; in the page it takes those of the page. */
export function standalone(svg: string): string {
  return svg.replace('<svg ', OPENED);
}
