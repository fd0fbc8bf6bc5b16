import type { Chart } from './charts/mod.ts';
import { escapeHtml as html } from './escape.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';

/** What a page beside the report of a run is put together from: head, style and script are those of the report. */

export interface Drawing {
  readonly chart: Chart;
  readonly svg: string;
}

/** An empty content leaves a section out. */
export type Section = readonly [id: string, title: string, content: string];

interface Framed {
  readonly title: string;
  readonly heading: string;
  /** HTML between the heading and the list of sections. */
  readonly lead: string;
  readonly sections: readonly Section[];
}

/** A page that needs nothing from elsewhere. */
export function framedPage({ title, heading, lead, sections }: Framed): string {
  const shown = sections.filter(([, , content]) => content !== '');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${html(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<header>
<h1>${html(heading)}</h1>
${lead}
<nav aria-label="Sections">${shown.map(([id, text]) => `<a href="#${id}">${text}</a>`).join(' ')}</nav>
</header>
${shown.map(([id, text, content]) => `<section>\n<h2 id="${id}">${text}</h2>\n${content}\n</section>`).join('\n')}
</main>
<script>${pageScript}</script>
</body>
</html>
`;
}

export type Fact = readonly [title: string, text: string];

export function facts(list: readonly Fact[]): string {
  const rows = list.map(([title, text]) => `<dt>${html(title)}</dt><dd>${html(text)}</dd>`);
  return `<dl class="facts">\n${rows.join('\n')}\n</dl>`;
}

export function figure({ chart, svg }: Drawing): string {
  return `<figure id="chart-${html(chart.name)}">
<h3>${html(chart.question)}</h3>
<div class="chart" role="region" tabindex="0" aria-label="${html(chart.title)}">
${svg}</div>
<figcaption>${html(chart.caption)}</figcaption>
</figure>`;
}
