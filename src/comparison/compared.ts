import { escapeMarkdown, printable } from '../report/escape.ts';
import { tableMarkdown } from '../report/markdown.ts';
import type { Table } from '../report/tables/mod.ts';

/** What differs between two images or two runs, before it is text. */
export interface Compared {
  readonly title: string;
  /** The answer in words, the most wanted first. */
  readonly sentences: readonly string[];
  readonly tables: readonly Table[];
  /** The same as data, for JSON. */
  readonly data: Readonly<Record<string, unknown>>;
  /** By how much each figure grew that may not: see {@link overGrowth}. */
  readonly growths: readonly Growth[];
}

/** A figure that others are held against. */
export interface Growth {
  /** `transfer.bytes of v2.tar by catar, client none`. */
  readonly what: string;
  /** What it is more than before, or less where more is better: a share; infinite where it was 0. */
  readonly share: number;
}

/** A share; infinite from nothing to something. Of the difference, so that 3 of 100 more are 0.03 and not a digit beyond. */
export function growth(before: number, after: number): number {
  return before === after ? 0 : (after - before) / before;
}

/** What grew by more than `most`, a share, the most first: a line each. */
export function overGrowth({ growths }: Compared, most: number): readonly string[] {
  return growths
    .filter(({ share }) => share > most)
    .toSorted((a, b) => b.share - a.share)
    .map(({ what, share }) => `${what}: ${worseBy(share)}; the limit is ${percent(most)}`);
}

function worseBy(share: number): string {
  return Number.isFinite(share) ? `${percent(share)} worse` : 'worse than 0';
}

/** Two decimals, or two significant digits where that takes more. */
function percent(share: number): string {
  const digits = share > 0 ? 1 - Math.floor(Math.log10(100 * share)) : 0;
  return `${(100 * share).toFixed(Math.min(20, Math.max(2, digits)))} %`;
}

export function comparedText({ title, sentences, tables }: Compared): string {
  const parts = [title, sentences.join('\n'), ...tables.map(tableText)];
  return `${parts.filter(Boolean).map(shown).join('\n\n')}\n`;
}

export function comparedMarkdown({ title, sentences, tables }: Compared): string {
  const list = sentences.map((one) => `- ${escapeMarkdown(one)}`).join('\n');
  const parts = [`## ${escapeMarkdown(title)}`, list, ...tables.map(tableMarkdown)];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

/** Line by line: a line feed within a name is not one of ours. */
function shown(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

function tableText({ title, note, columns, rows }: Table): string {
  const lines = [
    columns.map((column) => column.title),
    ...rows.map((row) => row.map(({ text }) => printable(text))),
  ];
  const widths = columns.map((_, place) => Math.max(...lines.map((line) => line[place]!.length)));
  const aligned = lines.map((line) =>
    line
      .map((text, place) =>
        columns[place]!.numeric ? text.padStart(widths[place]!) : text.padEnd(widths[place]!),
      )
      .join('  ')
      .trimEnd(),
  );
  return [title, ...(note === '' ? [] : [note]), ...aligned.map((line) => `  ${line}`)].join('\n');
}
