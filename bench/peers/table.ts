import { formatNumber } from '../../src/format.ts';
import { groupBy } from '../../src/report/group.ts';
import type { Comparison } from './peer.ts';

/** What a peer came to, on every input; or why it did not. */
export interface Outcome {
  readonly name: string;
  readonly title: string;
  /** Empty where the program is not there to say it. */
  readonly version: string;
  readonly follows: readonly string[];
  readonly rows: readonly Row[];
  /** Why it could not be built or run. */
  readonly failure?: string;
}

type Row = Comparison & { readonly input: string };

/** The table of METHODS.md: a line for each comparison, a column for each image. @param inputs names of the images */
export function writeTable(outcomes: readonly Outcome[], inputs: readonly string[]): string {
  const columns = inputs.map((input) => `${input}: theirs · ours · difference`);
  const head = ['tool, version', 'ours', 'parameters: what is compared', ...columns, 'why'];
  const lines = outcomes.flatMap(({ title, version, follows, rows, failure }) => {
    const tool = [`${title} ${version}`.trim(), follows.map((name) => `\`${name}\``).join(', ')];
    const groups = groupBy(rows, ({ parameters, what }) => `${parameters}: ${what}`);
    const measured = [...groups].map(([name, group]) => {
      const cells = inputs.map((input) => figures(group.find((row) => row.input === input)));
      return [...tool, name, ...cells, reasons(group)];
    });
    if (failure === undefined) return measured;
    return [...measured, [...tool, 'not compared', ...inputs.map(() => '–'), failure]];
  });
  const rule = head.map((_, index) => (inputs[index - 3] === undefined ? '---' : '--:'));
  return `${[head, rule, ...lines].map((cells) => `| ${cells.map(escaped).join(' | ')} |`).join('\n')}\n`;
}

function figures(row: Row | undefined): string {
  if (!row) return '–';
  return [formatNumber(row.theirs), formatNumber(row.ours), difference(row)].join(' · ');
}

function reasons(rows: readonly Row[]): string {
  return [...new Set(rows.map(({ why }) => why))].join(' / ');
}

/** `equal` where the bytes or names are the same, not where two counts happen to be. */
export function difference({ theirs, ours, isSame }: Comparison): string {
  if (isSame) return 'equal';
  if (theirs === ours) return '0, not equal';
  if (ours === 0) return 'none of it';
  if (theirs === 0) return 'only ours';
  const share = 100 * (ours / theirs - 1);
  const sign = share < 0 ? '−' : '+';
  return `${sign}${Math.abs(share).toFixed(Math.abs(share) < 0.1 ? 3 : 1)} %`;
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
