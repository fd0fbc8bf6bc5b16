import { createHash } from 'node:crypto';
import { escapeHtml as html, printable } from './escape.ts';
import { anchorTo } from './html-table.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';

/** What all pages are put together from: none of them needs anything from elsewhere, or runs a script but its own. */

interface Scripted {
  /** JavaScript. */
  readonly script: string;
  /** For the script: element `data`. */
  readonly data: object;
}

/** @param body HTML @param scripted beyond what every page does by itself */
export function htmlPage(title: string, body: string, scripted?: Scripted): string {
  const script = scripted ? `${scripted.script}\n${pageScript}` : pageScript;
  const digest = createHash('sha256').update(script).digest('base64');
  const data = scripted
    ? `<script type="application/json" id="data">${inert(scripted.data)}</script>\n`
    : '';
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; script-src 'sha256-${digest}'">
<title>${html(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
${body}
</main>
${data}<script>${script}</script>
</body>
</html>
`;
}

/** JSON within a page: nothing in it ends the element. */
function inert(data: object): string {
  const text = printable(JSON.stringify(data));
  return text.replaceAll('<', '\\u003c').replaceAll('>', '\\u003e');
}

/** An empty content leaves a section out. */
export type Section = readonly [id: string, title: string, content: string];

/** A heading, what stands below it, links to the sections, and these. @param lead HTML */
export function framed(heading: string, lead: string, sections: readonly Section[]): string {
  const shown = sections.filter(([, , content]) => content !== '');
  return `<header>
<h1>${html(heading)}</h1>
${lead}
<nav aria-label="Sections">${shown.map(([id, title]) => `<a href="#${id}">${html(title)}</a>`).join(' ')}</nav>
</header>
${shown.map(([id, title, content]) => `<section>\n<h2 id="${id}">${html(title)}${anchorTo(id)}</h2>\n${content}\n</section>`).join('\n')}`;
}

export type Fact = readonly [title: string, text: string];

export function facts(list: readonly Fact[]): string {
  const rows = list.map(([title, text]) => `<dt>${html(title)}</dt><dd>${html(text)}</dd>`);
  return `<dl class="facts">\n${rows.join('\n')}\n</dl>`;
}
