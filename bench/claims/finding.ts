import { plural } from '../../src/format.ts';
import { valueText } from '../../src/report/claims/told.ts';
import type { Records } from '../records.ts';
import { type Case, type Finding, undecided } from '../verdict.ts';
import { type ClaimOf, type ClaimVerdict, judgeClaim } from './claim.ts';
import { figureText } from './rows.ts';

/** A claim in the answer of an experiment, by the engine that `bench claims` has: one finding for each kind of step. */
export async function findingsOf<Read extends Records>(
  claim: ClaimOf<Read>,
  records: Read,
): Promise<readonly Finding[]> {
  const verdicts = await judgeClaim(claim, records, 'series');
  return verdicts.map((verdict) => findingOf(claim, verdict));
}

function findingOf(
  { id, statement, bar }: Pick<ClaimOf<Records>, 'id' | 'statement' | 'bar'>,
  verdict: ClaimVerdict,
): Finding {
  const { kind, word, text, where, figure, n, cases } = verdict;
  const said = `${id} ${statement.replace(/\.$/, '')}`;
  const own = cases.map(
    ({ step, parameters, value }): Case => ({
      step,
      parameters,
      value,
      unit: bar.unit,
      side: bar.side,
      bar: bar.value,
    }),
  );
  if (word === 'undecided') return { ...undecided(said, where ?? text), cases: own };
  // The first part counts; the others are on the page of the claim.
  const place = where === undefined ? '' : `, ${where.split('; ')[0]}`;
  const figures = `${figureText(figure, bar)}, bar ${bar.side} ${valueText(bar.value, bar)}`;
  const found = `${said}: **${text}**${place}. ${figures}, n = ${plural(n, kind)}.`;
  return {
    statement: said,
    verdict: text,
    cases: own,
    figures: [],
    text: found,
  } as unknown as Finding;
}
