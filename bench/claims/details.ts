import { formatNumber } from '../../src/format.ts';
import { amountsText, parameterText, placeOf, valueText } from '../../src/report/claims/told.ts';
import { sideOf } from '../../src/verdicts/case.ts';
import type { Claim } from './claim.ts';
import type { ClaimRow } from './rows.ts';

/** What stands behind a line of the table: who says it, what was published, and every case. */
export function detailLines(
  { id, name, statement, said, published = [], axes, bar }: Claim,
  row: ClaimRow,
): readonly string[] {
  const { cases = [] } = row;
  return [
    `${id} ${name}, on ${placeOf(row)}`,
    `  ${statement}`,
    ...said.map(({ who, where, date, quote }) => {
      const words = quote === undefined ? '' : `: “${quote}”`;
      return `  said by ${who}, ${where} (${date})${words}`;
    }),
    ...published.map(({ figure, dataset }) => `  published: ${figure} (${dataset})`),
    `  bar: ${bar.side} ${valueText(bar.value, bar)}, too close within ${formatNumber(bar.resolution, 3)}`,
    ...cases.map(({ step, parameters, value, bytes, isBetween }) => {
      const at = Object.entries(parameters).map(([key, one]) => parameterText(axes, key, one));
      const told = value === undefined ? 'no value' : valueText(value, bar);
      const amounts = bytes === undefined ? '' : ` (${amountsText(bytes)})`;
      return `    ${[step, ...at].join(', ')}: ${told}${amounts}, ${sideOf({ value, bar, ...(isBetween ? { isBetween } : {}) })}`;
    }),
  ];
}
