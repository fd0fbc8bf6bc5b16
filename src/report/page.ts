import { formatBinary, formatNumber, formatShare, plural } from '../format.ts';
import type { Environment } from '../results/run.ts';
import { claimsSection, type DrawnClaims } from './claims/section.ts';
import { escapeHtml as html } from './escape.ts';
import type { ExplainedDrawings } from './explained/drawings.ts';
import { explainedSection } from './explained/section.ts';
import { explorerData } from './explorer/data.ts';
import { explorerScript } from './explorer/script.ts';
import { type Drawing, figure } from './figure.ts';
import { findingHtml, findingsHtml } from './findings.ts';
import { drawnTable, isDrawn, reportTable } from './html-table.ts';
import { type Fact, facts, framed, htmlPage, type Section } from './page-frame.ts';
import { reproduce } from './reproduce.ts';
import { summarise } from './sentences/mod.ts';
import { answerTables } from './tables/answer.ts';
import { dividedTables, missingTable, type Table } from './tables/mod.ts';
import type { View } from './view.ts';

/** What a page shows beside the records of its run. */
export interface Beside {
  readonly explained?: ExplainedDrawings | undefined;
  readonly claims?: DrawnClaims;
}

/** The whole report as one HTML page that needs nothing from elsewhere. */
export function makePage(
  view: View,
  drawings: readonly Drawing[],
  warnings: readonly string[],
  { explained, claims = { pages: [], drawings: [] } }: Beside = {},
): string {
  const { dataset } = view.info;
  const missing = missingTable(view);
  const { answering, others } = dividedTables(view);
  const drawn = [...answering, ...others, ...answerTables(view), missing].filter(isDrawn);
  const data = {
    ...explorerData(view),
    charts: Object.fromEntries(
      [...drawings, ...(explained?.drawings ?? []), ...claims.drawings].map(({ chart }) => [
        chart.name,
        chart.spec,
      ]),
    ),
    tables: Object.fromEntries(drawn.map((table) => [table.id, drawnTable(table)])),
  };
  const hasFigures = data.columns.value.length > 0;
  const sections: readonly Section[] = [
    ['answer', view.verdict?.title ?? '', answerSection(view, drawings, answering)],
    ['explore', 'Compare', hasFigures ? EXPLORER : ''],
    ['summary', 'Summary', summarySection(view)],
    ['claims', 'Claims of the design debate', claimsSection(claims)],
    ['run', 'What was measured', facts(identity(view))],
    ['charts', 'Charts', otherDrawings(view, drawings).map(figure).join('\n')],
    ['explained', 'Which paths the bytes are for', explained ? explainedSection(explained) : ''],
    ['tables', 'Tables', others.map(reportTable).join('\n')],
    ['cells', 'Failed and skipped cells', missing.rows.length > 0 ? reportTable(missing) : ''],
    ['environment', 'Environment', environmentSection(view)],
    ['reproduce', 'Reproduce and cite', reproduceSection(view)],
  ];
  const lead = [
    firstSentence(view),
    ...warnings.map((warning) => `<p class="warning">${html(`Note: ${warning}.`)}</p>`),
  ].join('\n');
  return htmlPage(
    `${dataset.title} · ocibench report`,
    framed(`Container image formats on: ${dataset.title}`, lead, sections),
    { script: explorerScript(), data },
  );
}

/**
 * What client/main.js fills; without script it stays hidden, and the charts and tables below have the same figures. Its ids have a
 * prefix, since a table of the report may be called `figures` or `models` as well.
 */
const EXPLORER = `<div class="explorer" hidden>
<div id="explorer-controls"></div>
<div id="explorer-pictures"></div>
<div id="explorer-measure"></div>
<div id="explorer-models"></div>
<h3 id="explorer-chosen">The figures of the chart</h3>
<div class="choices"><label><span>Find a model</span><input id="explorer-find" type="search" autocomplete="off"></label><div id="explorer-tools" class="tools"></div></div>
<div id="explorer-figures" class="wide tall" role="region" tabindex="0" aria-labelledby="explorer-chosen"></div>
</div>`;

/** What a reader asks first; of a run without steps the first that there is to say. */
const FIRST: readonly string[] = ['Answer', 'Updates', 'Storage', 'Missing'];

/** What a reader came for, before anything else. */
function firstSentence(view: View): string {
  const told = summarise(view);
  const first = FIRST.map((topic) => told.find((one) => one.topic === topic)).find(Boolean);
  const [finding] = view.verdict?.findings ?? [];
  const answer = finding && findingHtml({ ...finding, text: sentenceOf(finding.text) });
  const words = (first ?? told[0])?.text;
  const text = answer ?? (words === undefined ? undefined : html(sentenceOf(words)));
  return text === undefined ? '' : `<p class="answer">${text}</p>`;
}

/** Up to the end of its first sentence: a stop before a capital, since numbers and versions have stops as well. */
function sentenceOf(words: string): string {
  return /^.*?\.(?= [A-Z])/s.exec(words)?.[0] ?? words;
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

/** The answer of an experiment with the chart and the tables that show it: first, since it is what was asked. */
function answerSection(view: View, drawings: readonly Drawing[], tables: readonly Table[]): string {
  const { verdict } = view;
  if (!verdict) return '';
  const chart = drawings.find((one) => one.chart.name === verdict.chart);
  return [
    findingsHtml(verdict),
    ...(chart ? [figure(chart)] : []),
    ...[...tables, ...answerTables(view)].map(reportTable),
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
