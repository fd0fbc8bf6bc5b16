import { escapeHtml as html } from '../escape.ts';
import { type Drawing, figure } from '../figure.ts';
import { anchorTo, htmlTable } from '../html-table.ts';
import { renderSvg } from '../render.ts';
import type { ClaimPage } from './page.ts';

export interface DrawnClaims {
  readonly pages: readonly ClaimPage[];
  /** Their charts, of pages that have one. */
  readonly drawings: readonly Drawing[];
}

export async function drawClaims(pages: readonly ClaimPage[]): Promise<DrawnClaims> {
  const drawings: Drawing[] = [];
  for (const { chart } of pages) if (chart) drawings.push({ chart, svg: await renderSvg(chart) });
  return { pages, drawings };
}

/** Claims in a page of their run: as their own pages have them, but for what the page says once for all. */
export function claimsSection({ pages, drawings }: DrawnClaims): string {
  if (pages.length === 0) return '';
  const links = pages.map(
    ({ id, title, verdicts }) =>
      `<li><a href="#claim-${html(id)}">${html(title)}</a>: ${html(verdicts.map(({ lead }) => lead).join(' '))}</li>`,
  );
  return `<ul>\n${links.join('\n')}\n</ul>\n${pages.map((page) => claimSection(page, drawings)).join('\n')}`;
}

function claimSection(page: ClaimPage, drawings: readonly Drawing[]): string {
  const { id, title, statement, said, verdicts, table, chart, facts, command } = page;
  const drawing = drawings.find((one) => one.chart.name === chart?.name);
  const parts = [
    `<h3 id="claim-${html(id)}">${html(title)}${anchorTo(`claim-${id}`)}</h3>`,
    `<p><strong>Claim: ${html(statement)}</strong></p>`,
    ...said.map((text) => `<blockquote>${html(text)}</blockquote>`),
    `<ul>\n${verdicts.map(({ lead, text }) => `<li><strong>${html(lead)}</strong> ${html(text)}</li>`).join('\n')}\n</ul>`,
    ...(drawing ? [figure(drawing)] : []),
    ...(table ? [htmlTable(table)] : []),
    ...facts.map((one) => `<p><strong>${html(one.title)}.</strong> ${html(one.text)}</p>`),
    `<pre>${html(command)}</pre>`,
  ];
  return parts.join('\n');
}
