import { createHash } from 'node:crypto';
import { formatBinary, formatNumber, formatShare, plural } from '../format.ts';
import type { Environment } from '../results/run.ts';
import type { Chart } from './charts/mod.ts';
import { escapeHtml as html, printable } from './escape.ts';
import { explorerData } from './explorer/data.ts';
import { explorerScript } from './explorer/script.ts';
import { findingsHtml } from './findings.ts';
import { anchorTo, drawnTable, htmlTable, isDrawn } from './html-table.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import { reproduce } from './reproduce.ts';
import { summarise } from './sentences/mod.ts';
import { answerTables } from './tables/answer.ts';
import { makeTables, missingTable } from './tables/mod.ts';
import type { View } from './view.ts';

export interface Drawing {
  readonly chart: Chart;
  readonly svg: string;
}

/** The whole report as one HTML page that needs nothing from elsewhere. */
export function makePage(
  view: View,
  drawings: readonly Drawing[],
  warnings: readonly string[],
): string {
  const { dataset } = view.info;
  const missing = missingTable(view);
  const tables = makeTables(view);
  const drawn = [...tables, ...answerTables(view), missing].filter(isDrawn);
  const data = {
    ...explorerData(view),
    charts: Object.fromEntries(drawings.map(({ chart }) => [chart.name, chart.spec])),
    tables: Object.fromEntries(drawn.map((table) => [table.id, drawnTable(table)])),
  };
  const hasFigures = data.columns.value.length > 0;
  const script = `${explorerScript()}\n${pageScript}`;
  const digest = createHash('sha256').update(script).digest('base64');
  const sections: readonly (readonly [id: string, title: string, content: string])[] = [
    ['answer', view.verdict?.title ?? '', answerSection(view, drawings)],
    ['explore', 'Compare', hasFigures ? EXPLORER : ''],
    ['summary', 'Summary', summarySection(view)],
    ['run', 'What was measured', facts(identity(view))],
    ['charts', 'Charts', otherDrawings(view, drawings).map(figure).join('\n')],
    ['tables', 'Tables', tables.map(htmlTable).join('\n')],
    ['cells', 'Failed and skipped cells', missing.rows.length > 0 ? htmlTable(missing) : ''],
    ['environment', 'Environment', environmentSection(view)],
    ['reproduce', 'Reproduce and cite', reproduceSection(view)],
  ];
  const shown = sections.filter(([, , content]) => content !== '');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; script-src 'sha256-${digest}'">
<title>${html(`${dataset.title} · ocibench report`)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<header>
<h1>${html(`Container image formats on: ${dataset.title}`)}</h1>
${firstSentence(view)}
${warnings.map((warning) => `<p class="warning">${html(`Note: ${warning}.`)}</p>`).join('\n')}
<nav aria-label="Sections">${shown.map(([id, title]) => `<a href="#${id}">${title}</a>`).join(' ')}</nav>
</header>
${shown.map(([id, title, content]) => `<section>\n<h2 id="${id}">${title}${anchorTo(id)}</h2>\n${content}\n</section>`).join('\n')}
</main>
<script type="application/json" id="data">${inert(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** What client/main.js fills; without script it stays hidden, and the charts and tables below have the same figures. */
const EXPLORER = `<div class="explorer" hidden>
<div id="controls"></div>
<div id="pictures"></div>
<div id="measure"></div>
<div id="models"></div>
<h3 id="chosen">The figures of the chart</h3>
<div class="choices"><label><span>Find a model</span><input id="find" type="search" autocomplete="off"></label><div id="tools" class="tools"></div></div>
<div id="figures" class="wide tall" role="region" tabindex="0" aria-labelledby="chosen"></div>
</div>`;

/** JSON within a page: nothing in it ends the element. */
function inert(data: object): string {
  const text = printable(JSON.stringify(data));
  return text.replaceAll('<', '\\u003c').replaceAll('>', '\\u003e');
}

/** What a reader came for, before anything else. */
function firstSentence(view: View): string {
  const told = summarise(view);
  const first = told.find(({ topic }) => topic === 'Updates') ?? told[0];
  const [finding] = view.verdict?.findings ?? [];
  const words = finding?.text ?? first?.text;
  return words === undefined ? '' : `<p class="answer">${html(sentenceOf(words))}</p>`;
}

/** Up to the end of its first sentence: a stop before a capital, since numbers and versions have stops as well. */
function sentenceOf(words: string): string {
  return /^.*?\.(?= [A-Z])/s.exec(words)?.[0] ?? words;
}

type Fact = readonly [title: string, text: string];

function facts(list: readonly Fact[]): string {
  const rows = list.map(([title, text]) => `<dt>${html(title)}</dt><dd>${html(text)}</dd>`);
  return `<dl class="facts">\n${rows.join('\n')}\n</dl>`;
}

function identity({ info }: View): readonly Fact[] {
  const { dataset, environment } = info;
  return [
    ['Dataset', `${dataset.id}, ${dataset.digest}`],
    ['Description', dataset.description],
    ['Images', `${info.images.length}`],
    ['Models', `${info.models.length}`],
    ['Date', `${info.startedAt.slice(0, 10)}`],
    [
      'Machine',
      `${environment.processor}, ${plural(environment.cores, 'core')}, ${environment.runtime}`,
    ],
    ['Method', `version ${info.method} (definitions in METHODS.md)`],
    ...(info.plugins ?? []).map(({ name, digest }): Fact => ['Plug-in', `${name}, ${digest}`]),
  ];
}

/** The answer of an experiment with the chart that shows it: first, since it is what was asked. */
function answerSection(view: View, drawings: readonly Drawing[]): string {
  const { verdict } = view;
  if (!verdict) return '';
  const chart = drawings.find((one) => one.chart.name === verdict.chart);
  return [
    findingsHtml(verdict),
    ...(chart ? [figure(chart)] : []),
    ...answerTables(view).map(htmlTable),
  ].join('\n');
}

function otherDrawings({ verdict }: View, drawings: readonly Drawing[]): readonly Drawing[] {
  return drawings.filter(({ chart }) => chart.name !== verdict?.chart);
}

function summarySection(view: View): string {
  const items = summarise(view).map(
    ({ topic, text }) => `<li><strong>${html(topic)}.</strong> ${html(text)}</li>`,
  );
  return `<ul>\n${items.join('\n')}\n</ul>`;
}

function figure({ chart, svg }: Drawing): string {
  return `<figure id="chart-${html(chart.name)}">
<h3>${html(chart.question)}${anchorTo(`chart-${chart.name}`)}</h3>
<div class="chart" role="region" tabindex="0" aria-label="${html(chart.title)}">
${svg}</div>
<figcaption>${html(chart.caption)}</figcaption>
</figure>`;
}

function environmentSection({ info }: View): string {
  const { environment } = info;
  const dependencies = Object.entries(environment.dependencies).map(
    ([name, version]) => `${name} ${version}`,
  );
  return facts([
    ['Started', info.startedAt],
    ['Finished', info.finishedAt ?? 'not yet'],
    ['Runtime', environment.runtime],
    ['Platform', environment.platform],
    ['Processor', `${environment.processor}, ${plural(environment.cores, 'core')}`],
    ['Memory', formatBinary(environment.memory)],
    ['Load at the start', formatNumber(environment.load, 2)],
    ...checksOf(environment),
    [
      'ocibench',
      `${environment.ocibench}${environment.commit ? `, commit ${environment.commit}` : ''}`,
    ],
    ['Dependencies', dependencies.join(', ')],
  ]);
}

/** What else the machine did while figures were timed. */
function checksOf({ checks }: Environment): readonly Fact[] {
  if (!checks) return [];
  const { count, highestLoad, referenceMs, slowestShare } = checks;
  const loop = `at most ${formatShare(slowestShare, 0)} slower than its best, ${formatNumber(referenceMs, 2)} ms`;
  return [
    ['Load while timed', `at most ${formatNumber(highestLoad, 2)}, in ${plural(count, 'look')}`],
    ['Reference loop', loop],
  ];
}

function reproduceSection(view: View): string {
  const { command, citation } = reproduce(view);
  return `<p>Exact figures (bytes, counts, digests) come out the same on any machine; timed ones do not.</p>
<pre>${html(command)}</pre>
<p>${html(citation)}</p>`;
}
