import { formatShare, MISSING, plural } from '../../src/format.ts';
import {
  acrossOf,
  distanceText,
  placeOf,
  type ToldVerdict,
  valueText,
} from '../../src/report/claims/told.ts';
import { groupBy } from '../../src/report/group.ts';
import type { AcrossVerdict } from '../../src/verdicts/across.ts';
import type { ClaimBar } from '../../src/verdicts/case.ts';
import type { Figures, Word } from '../../src/verdicts/judge.ts';
import type { Claim, ClaimVerdict } from './claim.ts';

/** A line of `bench claims`, as data. */
export interface ClaimRow extends Omit<ToldVerdict, 'cases'> {
  readonly claim: string;
  readonly name: string;
  readonly statement: string;
  readonly bar: ClaimBar;
  /** What the verdict was made from, where it is asked for. */
  readonly cases?: ToldVerdict['cases'];
  /** Name of the directory below `--out` whose records these are, where cases are asked for. */
  readonly run?: string;
}

export function rowOf(
  { id, name, statement, bar }: Claim,
  dataset: string,
  verdict: ClaimVerdict,
  remark: string | undefined,
  hasCases = false,
): ClaimRow {
  const { kind, unit, word, text, where, on, flipsAt, figure, n, stability, margin } = verdict;
  return {
    claim: id,
    name,
    statement,
    dataset,
    kind,
    ...(unit === undefined ? {} : { unit }),
    verdict: word,
    text,
    ...(where === undefined ? {} : { where }),
    on,
    flipsAt,
    ...(figure === undefined ? {} : { figure }),
    bar,
    n,
    ...(stability === undefined ? {} : { stability }),
    ...(margin === undefined ? {} : { margin }),
    ...(remark === undefined ? {} : { remark }),
    ...(verdict.leftOut === undefined ? {} : { leftOut: verdict.leftOut }),
    ...(hasCases
      ? {
          cases: verdict.cases.map(({ step, parameters, value, bytes, isBetween }) => ({
            step,
            parameters,
            value,
            ...(bytes === undefined ? {} : { bytes }),
            ...(isBetween === undefined ? {} : { isBetween }),
          })),
        }
      : {}),
  };
}

const WORDS: readonly Word[] = ['confirmed', 'refuted', 'depends', 'too close', 'undecided'];

/** `34 claims: 9 confirmed, 8 refuted, …`; each once, over all its datasets. */
export function countsText(rows: readonly ClaimRow[]): string {
  const words = [...groupBy(rows, ({ claim }) => claim).values()].map((own) => acrossOf(own).word);
  const counts = WORDS.map((word) => ({ word, count: words.filter((one) => one === word).length }))
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${count} ${word}`);
  return `${plural(words.length, 'claim')}: ${counts.join(', ')}`;
}

const HEAD = ['claim', '', 'on', 'verdict', 'figure', 'bar', 'n', 'stability', 'flips at'] as const;

/** Cells of the table: claims in order, those of several datasets with what these come to. */
export function tableOf(rows: readonly ClaimRow[]): readonly (readonly string[])[] {
  return [
    HEAD,
    ...[...groupBy(rows, ({ claim }) => claim).values()].flatMap((own) => {
      const cells = own.map((row, place) => cellsOf(row, place === 0));
      return own.length < 2 ? cells : [...cells, acrossCells(acrossOf(own))];
    }),
  ];
}

function acrossCells({ text, where = '' }: AcrossVerdict): readonly string[] {
  return ['', '', 'all of these', text, '', '', '', '', where];
}

function cellsOf(row: ClaimRow, isFirst: boolean): readonly string[] {
  const { claim, name, text, figure, bar, n, stability, margin } = row;
  const clear = margin === undefined ? '' : `by ${distanceText(margin, bar)} at least`;
  return [
    isFirst ? claim : '',
    isFirst ? name : '',
    placeOf(row),
    text,
    figureText(figure, bar),
    `${bar.side} ${valueText(bar.value, bar)}`,
    String(n),
    stability === undefined ? MISSING : formatShare(stability, 0),
    row.where ?? clear,
  ];
}

/** Median, and least and most where they read otherwise. */
export function figureText(figure: Figures | undefined, bar: ClaimBar): string {
  if (!figure) return MISSING;
  const [least, median, most] = [figure.least, figure.median, figure.most].map((value) =>
    valueText(value, bar),
  );
  return least === most ? median! : `${median} (${least} … ${most})`;
}
