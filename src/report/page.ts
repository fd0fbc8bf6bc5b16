import { formatBinary, formatNumber, formatShare, plural } from '../format.ts';
import type { Environment } from '../results/run.ts';
import { escapeHtml as html } from './escape.ts';
import { findingsHtml } from './findings.ts';
import { htmlTable } from './html-table.ts';
import { type Drawing, type Fact, facts, figure, framedPage, type Section } from './page-frame.ts';
import { reproduce } from './reproduce.ts';
import { summarise } from './sentences/mod.ts';
import { answerTables } from './tables/answer.ts';
import { makeTables, missingTable } from './tables/mod.ts';
import type { View } from './view.ts';

/** The whole report as one HTML page that needs nothing from elsewhere. */
export function makePage(
  view: View,
  drawings: readonly Drawing[],
  warnings: readonly string[],
): string {
  const { dataset } = view.info;
  const missing = missingTable(view);
  const sections: readonly Section[] = [
    ['answer', view.verdict?.title ?? '', answerSection(view, drawings)],
    ['summary', 'Summary', summarySection(view)],
    ['charts', 'Charts', otherDrawings(view, drawings).map(figure).join('\n')],
    ['tables', 'Tables', makeTables(view).map(htmlTable).join('\n')],
    ['cells', 'Failed and skipped cells', missing.rows.length > 0 ? htmlTable(missing) : ''],
    ['environment', 'Environment', environmentSection(view)],
    ['reproduce', 'Reproduce and cite', reproduceSection(view)],
  ];
  return framedPage({
    title: `${dataset.title} · ocibench report`,
    heading: `Container image formats on: ${dataset.title}`,
    lead: `<p>${html(dataset.description)}</p>
${facts(identity(view))}
${warnings.map((warning) => `<p class="warning">${html(`Note: ${warning}.`)}</p>`).join('\n')}`,
    sections,
  });
}

function identity({ info }: View): readonly Fact[] {
  const { dataset, environment } = info;
  return [
    ['Dataset', `${dataset.id}, ${dataset.digest}`],
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
