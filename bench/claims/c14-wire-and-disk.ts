import { divide } from '../../src/stats/mod.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import { leastBy } from '../verdict.ts';
import { CATAR_16K, FILES_16K, FILES_64K, least, pulled, SERIES_DATASETS } from './chains.ts';
import { type Claim, caseOf, stepsOf } from './claim.ts';

export const UNITS: readonly string[] = [
  'per-file',
  'catar',
  'catar-blob',
  CATAR_16K,
  FILES_16K,
  FILES_64K,
];

export const unitsDiffer: Claim = {
  id: 'C14',
  name: 'wire and disk',
  statement:
    'Wire and disk want different units: the one that transfers least fills at least 10 % more disk than the best.',
  said: [
    {
      who: 'Aleksa Sarai',
      where: 'opencontainers/image-spec#1190',
      date: '2024-05-29',
      quote: 'CDC and other compression methods make more sense on the distribution side',
    },
    { who: 'Alexander Larsson', where: 'LWN, comment 945532', date: 'undated' },
  ],
  published: [{ figure: 'a chunk of 17.5 KiB occupies 20 KiB', dataset: 'puzzlefs#114' }],
  datasets: SERIES_DATASETS,
  packed: UNITS,
  bar: quotientBar('at least', 1.1),
  axes: [],
  whyNone: 'a series with at least three updates would decide',
  cases: (records) =>
    stepsOf(records).map((one) => {
      const models = records.models(...UNITS);
      const disk = (model: string): number => records.number(one.step, model, 'disk.bytes');
      const best = leastBy(models, (model) => pulled(records, one.step, model));
      return caseOf(
        one,
        { 'best on the wire': records.label(best) },
        divide(disk(best), least(models.map(disk))),
        unitsDiffer.bar,
      );
    }),
};
