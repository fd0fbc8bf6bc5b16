import { divide } from '../../src/stats/mod.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import { named } from './axes.ts';
import { least } from './chains.ts';
import { type Claim, caseOf, stepsOf } from './claim.ts';

const TAR = 'composefs-chunked';
const NEW = ['per-file', 'catar', 'puzzlefs'];
/** What is wanted of a format, as a measure and a client. */
const GOALS: readonly (readonly [goal: string, measure: string, client: string])[] = [
  ['cold pull', 'transfer.bytes', 'none'],
  ['update', 'transfer.bytes', 'previous'],
  ['requests', 'transfer.requests', 'previous'],
  ['metadata', 'transfer.metadata_bytes', 'previous'],
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
  datasets: ['debian-updates', 'alpine'],
  packed: [TAR, ...NEW],
  bar: quotientBar('at most', 1.1),
  axes: [named('goal', 'what is asked')],
  whyNone: 'a series with at least three updates would decide',
  cases: (records) =>
    stepsOf(records).flatMap((one) =>
      GOALS.map(([goal, measure, client]) => {
        const value = (model: string): number => records.number(one.step, model, measure, client);
        const best = least(records.models(...NEW).map(value));
        return caseOf(one, { goal }, divide(value(records.model(TAR)), best), tarSuffices.bar);
      }),
    ),
};
