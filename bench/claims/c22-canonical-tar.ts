import { formatNumber, plural } from '../../src/format.ts';
import { divide, median } from '../../src/stats/mod.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import type { Records } from '../records.ts';
import { least, SERIES_DATASETS } from './chains.ts';
import { type Claim, caseOf, type Step, stepsOf } from './claim.ts';

const TAR = 'composefs-chunked';
const NEW = ['per-file', 'catar', 'puzzlefs'];
/** What is wanted of a format, as a measure and a client. */
const GOALS: readonly (readonly [goal: string, measure: string, client: string])[] = [
  ['cold pull', 'transfer.bytes', 'none'],
  ['update', 'transfer.bytes', 'previous'],
  ['requests', 'transfer.requests', 'previous'],
  ['disk', 'disk.bytes', '-'],
];

export const tarSuffices: Claim = {
  id: 'C22',
  name: 'canonical tar',
  statement:
    'A canonical tar with a zstd frame per file needs at most 10 % more than the best new format, whatever is asked.',
  said: [
    {
      who: 'Colin Walters',
      where: 'containers/storage#775',
      date: '2021',
      quote: 'all the goals could be achieved with a canonical tar representation',
    },
  ],
  datasets: SERIES_DATASETS,
  packed: [TAR, ...NEW],
  bar: quotientBar('at most', 1.1),
  axes: [],
  whyNone: 'a series with at least three updates would decide',
  // One goal that is missed is enough: the claim is of all of them.
  cases: (records) =>
    stepsOf(records).flatMap((one) => {
      const [worst] = quotientsOf(records, one).toSorted((a, b) => b.quotient - a.quotient);
      return worst ? [caseOf(one, { goal: worst.goal }, worst.quotient, tarSuffices.bar)] : [];
    }),
  remark(records, kind) {
    const steps = stepsOf(records, [kind]);
    const all = steps.flatMap((one) => quotientsOf(records, one));
    const texts = GOALS.flatMap(([goal]) => {
      const middle = median(all.filter((one) => one.goal === goal).map(({ quotient }) => quotient));
      return middle === undefined ? [] : [`${goal} ${formatNumber(middle, 2)}`];
    });
    return `Each value is of the goal that is missed most. Quotients of each goal, in the median of ${plural(steps.length, kind)}: ${texts.join(', ')}.`;
  },
};

/** Of each goal, tar ÷ the best of the others; of a goal of which the best needs nothing none. */
function quotientsOf(
  records: Records,
  { step }: Step,
): readonly { readonly goal: string; readonly quotient: number }[] {
  return GOALS.flatMap(([goal, measure, client]) => {
    const value = (model: string): number => records.number(step, model, measure, client);
    const best = least(records.models(...NEW).map(value));
    const quotient = divide(value(records.model(TAR)), best);
    return quotient === undefined ? [] : [{ goal, quotient }];
  });
}
