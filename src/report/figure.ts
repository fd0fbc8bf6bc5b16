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
  const boxes =
    narrow === undefined
      ? box(chart, svg)
      : box(chart, svg, 'on-wide') + box(chart, narrow, 'on-narrow');
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

/** By itself a drawing has a white ground and black ink; in the page it takes those of the page. */
export function standalone(svg: string): string {
  return svg.replace('<svg ', '<svg style="background:#fff;color:#000" ');
}
