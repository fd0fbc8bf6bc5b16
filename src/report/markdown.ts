import { plural } from '../format.ts';
import { escapeMarkdown as md } from './escape.ts';
import { findingsMarkdown } from './findings.ts';
import { reproduce } from './reproduce.ts';
import { summarise } from './sentences/mod.ts';
import { answerTables } from './tables/answer.ts';
import { editTable } from './tables/edits.ts';
import type { Table } from './tables/mod.ts';
import { dividedTables, missingTable } from './tables/mod.ts';
import { parallelCutsTable } from './tables/parallel-cuts.ts';
import { producersTable } from './tables/producers.ts';
import { speedTable } from './tables/speed.ts';
import { transparencyTable, unaccountedTable } from './tables/transparency.ts';
import type { View } from './view.ts';

/** The tables short enough for an issue or a specification; the rest is in the page. */
const TABLES = [
  'series',
  'steps',
  'edits',
  'published',
  'models',
  'throughput',
  'speed',
  'parallel-cuts',
  'reproducibility',
  'producers',
  'transparency',
  'lazy-start',
  'fidelity',
  'images',
  'layers',
];

/** Of an edit in a table of so many columns as others have. */
const MOST_MODELS = 8;

export function summaryMarkdown(view: View, warnings: readonly string[]): string {
  const { dataset, environment, startedAt, method } = view.info;
  const { answering, others } = dividedTables(view);
  const tables = others
    .filter(({ id }) => TABLES.includes(id))
    .map((table) => (table.id === 'edits' ? editTable(view, MOST_MODELS) : table));
  const answer = answerMarkdown(
    view,
    answering.filter(({ id }) => TABLES.includes(id)),
  );
  const missing = missingTable(view);
  const { command, citation } = reproduce(view);
  const parts = [
    `# ${md(`Container image formats on: ${dataset.title}`)}`,
    md(
      `Dataset ${dataset.id}, ${dataset.digest}. Measured ${startedAt.slice(0, 10)} on ${environment.processor}, ${plural(environment.cores, 'core')}, ${environment.runtime}, by ocibench ${environment.ocibench}, method ${method}.`,
    ),
    ...warnings.map((warning) => `> ${md(`Note: ${warning}.`)}`),
    ...(view.verdict ? [`## ${md(view.verdict.title)}`, ...answer] : []),
    summarise(view)
      .map(({ topic, text }) => `- **${md(topic)}.** ${md(text)}`)
      .join('\n'),
    ...[...tables, ...(missing.rows.length > 0 ? [missing] : [])].map(tableMarkdown),
    `## Reproduce\n\n${indented(command)}\n\n${md(citation)}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Rows of one finding: all are in verdict.json. */
const MOST_ROWS = 24;

/**
 * What an experiment came to, with its cases: first in a report, since it is what was asked.
 * @param tables what it measured for, right after the findings
 */
export function answerMarkdown(view: View, tables: readonly Table[] = []): readonly string[] {
  if (!view.verdict) return [];
  return [
    findingsMarkdown(view.verdict),
    ...[...tables, ...answerTables(view, MOST_ROWS)].map(tableMarkdown),
  ];
}

/** The speeds alone, with date and machine. */
export function speedMarkdown(view: View): string {
  const { environment, startedAt } = view.info;
  const machine = `${environment.processor}, ${plural(environment.cores, 'core')}, ${environment.runtime}`;
  const tables = [speedTable(view), missingTable(view)].filter(({ rows }) => rows.length > 0);
  return `${[md(`${startedAt.slice(0, 10)}, ${machine}.`), ...tables.map(tableMarkdown)].join('\n\n')}\n`;
}

/** The matrix of archives alone. */
export function producersMarkdown(view: View): string {
  return tableMarkdown(producersTable(view));
}

/** One stream cut by several threads alone. */
export function cutsMarkdown(view: View): string {
  return tableMarkdown(parallelCutsTable(view));
}

/** What each model takes to see into the image alone. */
export function transparencyMarkdown(view: View): string {
  const unaccounted = unaccountedTable(view);
  return [transparencyTable(view), ...(unaccounted.rows.length > 0 ? [unaccounted] : [])]
    .map(tableMarkdown)
    .join('\n\n');
}

/** A table under a heading. */
export function tableMarkdown({ title, note, columns, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    `## ${md(title)}`,
    '',
    md(note),
    '',
    line(columns.map((column) => md(column.title))),
    line(columns.map(({ numeric }) => (numeric ? '--:' : '---'))),
    ...rows.map((cells) => line(cells.map(({ text }) => md(text)))),
  ].join('\n');
}

/** An indented block ends nowhere but at its end, whatever backticks a name has. */
function indented(code: string): string {
  return `    ${code}`;
}
