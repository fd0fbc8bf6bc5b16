import { change } from '../../src/stats/mod.ts';
import { differenceBar } from '../../src/verdicts/case.ts';
import { CHUNKERS, MEANS } from '../compared-chunkers.ts';
import { MEAN, named } from './axes.ts';
import { SERIES_DATASETS } from './chains.ts';
import { addedAt, othersOf } from './chunkers.ts';
import { type Claim, caseOf, stepsOf } from './claim.ts';

const SERIALISERS = ['catar', 'files'] as const;

export const fixedIsEnough: Claim = {
  id: 'C09',
  name: 'fixed chunks',
  statement:
    'Fixed-size chunks are enough: at equal actual mean an update adds at most 10 % more bytes than with content-defined ones.',
  said: [
    { who: 'nydus', where: 'dragonflyoss/nydus, docs/data-deduplication.md', date: 'undated' },
  ],
  published: [{ figure: 'CDC finds 10–20 % more', dataset: 'FastCDC paper, quoted by nydus' }],
  datasets: SERIES_DATASETS,
  swept: SERIALISERS.flatMap((serialiser) => CHUNKERS[serialiser]),
  bar: differenceBar('at most', 0.1),
  axes: [named('serialiser', 'what is cut'), MEAN],
  whyNone: 'no actual mean is reached by both; larger files would decide',
  cases: (records) =>
    stepsOf(records).flatMap((one) =>
      SERIALISERS.flatMap((serialiser) => {
        const { standard, others } = othersOf(records, one, serialiser);
        const fixed = others.find(([name]) => name === 'fixed')?.[1] ?? [];
        return MEANS.flatMap((mean) => {
          const [own, base] = [addedAt(fixed, mean), addedAt(standard, mean)];
          if (own === undefined || base === undefined) return [];
          const at = { serialiser, mean };
          return [caseOf(one, at, change(own, base), fixedIsEnough.bar, [own, base])];
        });
      }),
    ),
};
