import { divide } from '../../src/stats/mod.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import { AVERAGE } from './axes.ts';
import { pulled, SERIES_DATASETS } from './chains.ts';
import { type Claim, caseOf, stepsOf } from './claim.ts';

const AVERAGES = [16, 64];
const chain = (serialiser: string, kib: number): string =>
  `${serialiser}|fastcdc:avg=${kib}KiB|zstd:3|objects|get`;
const STREAM = 'stream:order=lexicographic';

export const streamWins: Claim = {
  id: 'C11',
  name: 'one stream',
  statement:
    'Chunking one stream of all files beats chunking file by file: an update transfers at least 5 % less.',
  said: [
    {
      who: 'Lennart Poettering',
      where: 'casync README',
      date: 'undated',
      quote: 'remove file boundaries',
    },
  ],
  datasets: SERIES_DATASETS,
  packed: AVERAGES.flatMap((kib) => [chain(STREAM, kib), chain('files', kib)]),
  bar: quotientBar('at most', 0.95),
  axes: [AVERAGE],
  whyNone: 'a series with at least three updates would decide',
  cases: (records) =>
    stepsOf(records).flatMap((one) =>
      AVERAGES.map((kib) => {
        const bytes = (serialiser: string): number =>
          pulled(records, one.step, records.model(chain(serialiser, kib)));
        const both = [bytes(STREAM), bytes('files')] as const;
        return caseOf(one, { average: 1024 * kib }, divide(...both), streamWins.bar, both);
      }),
    ),
};
