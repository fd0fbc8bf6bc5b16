import { MISSING } from '../../format.ts';
import type { Cell, Table } from '../tables/table.ts';
import type { ClaimRowsOf, Spread } from './rows.ts';
import { type ToldClaim, valueText } from './told.ts';

/** The rows of a claim with their medians and ends, how many cases are met, and what a case is. */
export function claimTable(claim: ToldClaim, told: ClaimRowsOf): Table {
  const { title, areSteps, places, rows, left, caseText } = told;
  const isSeveral = rows.some(({ spreads }) => spreads.some((one) => one && one.count > 1));
  const value = isSeveral ? 'median (least–most)' : 'value';
  return {
    id: `claim-${claim.id.toLowerCase()}-table`,
    title: `Figures of ${claim.id}`,
    note: [
      ...(caseText === '' ? [] : [caseText]),
      ...(left === '' ? [] : [`Shown: ${left}.`]),
    ].join(' '),
    columns: areSteps
      ? [{ title }, { title: 'on' }, { title: value, numeric: true }, MET]
      : [
          { title: title.replace(/^the /, '') },
          ...places.flatMap(({ name }) => [{ title: `${name}: ${value}`, numeric: true }, MET]),
        ],
    rows: rows.map(({ label, spreads }): readonly Cell[] => {
      if (!areSteps) return [{ text: label }, ...spreads.flatMap((one) => cells(claim, one))];
      const place = spreads.findIndex(Boolean);
      return [{ text: label }, { text: places[place]!.name }, ...cells(claim, spreads[place])];
    }),
  };
}

const MET = { title: 'cases met/close/not', numeric: true } as const;

function cells({ bar }: ToldClaim, spread: Spread | undefined): readonly Cell[] {
  if (!spread) return [{ text: MISSING }, { text: MISSING }];
  const { least, median, most, met, close, count } = spread;
  const [low, middle, high] = [least, median, most].map((value) => valueText(value, bar));
  const text = low === high ? middle! : `${middle} (${low}–${high})`;
  return [
    { text, sort: median },
    { text: `${met}/${close}/${count - met - close}`, sort: met / count },
  ];
}
