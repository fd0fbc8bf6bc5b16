import { plural } from '../../src/format.ts';
import { valueText } from '../../src/report/claims/told.ts';
import type { Case } from '../../src/results/verdict.ts';
import type { Records } from '../records.ts';
import { type Finding, judged, remark } from '../verdict.ts';
import { type Claim, type ClaimVerdict, judgeClaim } from './claim.ts';
import { figureText } from './rows.ts';

/**
 * A claim in the answer of an experiment, by the engine that `bench claims` has: one finding for each kind of step, and what
 * else the figures say.
 */
export async function findingsOf(claim: Claim, records: Records): Promise<readonly Finding[]> {
  const verdicts = await judgeClaim(claim, records, 'series');
  return verdicts.flatMap((verdict) => {
    const { kind, word } = verdict;
    const isDecided = word !== 'undecided' && kind !== '-';
    const said = isDecided ? claim.remark?.(records, kind) : undefined;
    const told = [said, verdict.leftOut].filter(Boolean).join(' ');
    return [findingOf(claim, verdict), ...(told === '' ? [] : [remark(`${claim.id}: ${told}`)])];
  });
}

function findingOf(
  { id, statement, bar }: Pick<Claim, 'id' | 'statement' | 'bar'>,
  verdict: ClaimVerdict,
): Finding {
  const { kind, unit = kind, word, text, where, figure, n, cases } = verdict;
  const said = `${id} ${statement.replace(/\.$/, '')}`;
  const own = cases.map(
    ({ step, parameters, value, bar: held }): Case => ({
      step,
      parameters,
      value: value !== undefined && Number.isFinite(value) ? value : undefined,
      unit: held.unit,
      side: held.side,
      bar: held.value,
      resolution: held.resolution,
    }),
  );
  if (word === 'undecided') {
    const why = `undecided: ${where ?? text}`;
    return judged({ statement: said, verdict: why, cases: own, text: `${said}: ${why}.` });
  }
  // The first part counts; the others are on the page of the claim.
  const place = where === undefined ? '' : `, ${where.split('; ')[0]}`;
  const figures = `${figureText(figure, bar)}, bar ${bar.side} ${valueText(bar.value, bar)}`;
  const told = `${said}: **${text}**${place}. ${figures}, n = ${plural(n, unit)}.`;
  return judged({ statement: said, verdict: text, cases: own, text: told });
}
