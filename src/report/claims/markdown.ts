import { escapeMarkdown as md } from '../escape.ts';
import type { Table } from '../tables/table.ts';
import { MOST_WORDS, wordsOf } from './lint.ts';
import type { ClaimPage, Fit } from './page.ts';

/** One page, with its chart as a file beside it. */
export function claimMarkdown(page: ClaimPage): string {
  const { title, statement, said, verdicts, table, chart, facts, command, records } = page;
  const parts = [
    `# ${md(title)}`,
    `**Claim: ${md(statement)}**`,
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

/** What is left out, step by step, where a page has more words than are read. A row of figures alone has no word. */
const FITS: readonly Fit[] = [
  ...[undefined, 8, 6, 4].flatMap((mostRows): readonly Fit[] => {
    const rows = mostRows === undefined ? {} : { mostRows };
    return [rows, { ...rows, isBrief: true }];
  }),
  { mostRows: 8, isBrief: true, isTerse: true },
  { mostRows: 4, isBrief: true, isTerse: true },
];

/** The page with as much as it takes to be short enough. */
export function fittingPage(make: (fit: Fit) => ClaimPage): ClaimPage {
  const pages = FITS.map(make);
  return pages.find((page) => wordsOf(claimMarkdown(page)) <= MOST_WORDS) ?? pages.at(-1)!;
}

export function tableLines({ columns, rows }: Pick<Table, 'columns' | 'rows'>): string {
  const line = (texts: readonly string[]): string => `| ${texts.join(' | ')} |`;
  return [
    line(columns.map(({ title }) => md(title))),
    line(columns.map(({ numeric }) => (numeric ? '--:' : '---'))),
    ...rows.map((cells) => line(cells.map(({ text }) => md(text)))),
  ].join('\n');
}
