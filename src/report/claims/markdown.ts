import { escapeMarkdown as md } from '../escape.ts';
import type { Table } from '../tables/table.ts';
import type { ClaimPage } from './page.ts';

/** One page, with its chart as a file beside it. */
export function claimMarkdown(page: ClaimPage): string {
  const { title, statement, said, verdicts, table, chart, facts, command, records } = page;
  const parts = [
    `# ${md(title)}`,
    `**${md(statement)}**`,
    ...said.map((text) => `> ${md(text)}`),
    verdicts.map(({ lead, text }) => `- **${md(lead)}** ${md(text)}`).join('\n'),
    ...(table ? [tableLines(table), md(table.note)] : []),
    ...(chart ? [`![${md(chart.question)}](${chart.name}.svg)`] : []),
    ...facts.map((one) => `**${md(one.title)}.** ${md(one.text)}`),
    `    ${command}`,
    ...(records.length === 0
      ? []
      : [
          `Records: ${records.map(({ place, path }) => `[${md(place)}](${encodeURI(path)})`).join(', ')}.`,
        ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

export function tableLines({ columns, rows }: Pick<Table, 'columns' | 'rows'>): string {
  const line = (texts: readonly string[]): string => `| ${texts.join(' | ')} |`;
  return [
    line(columns.map(({ title }) => md(title))),
    line(columns.map(({ numeric }) => (numeric ? '--:' : '---'))),
    ...rows.map((cells) => line(cells.map(({ text }) => md(text)))),
  ].join('\n');
}
