import { change, divide } from '../../src/stats/mod.ts';
import { differenceBar } from '../../src/verdicts/case.ts';
import { CHUNKERS, CONTROLS } from '../compared-chunkers.ts';
import type { Records } from '../records.ts';
import { AVERAGE, CHUNKER, named, SERIES } from './axes.ts';
import { SERIES_DATASETS } from './chains.ts';
import { curvesOf } from './chunkers.ts';
import { type Claim, caseOf, imagesOf } from './claim.ts';

const SERIALISERS = ['catar', 'files'] as const;

export const nominalIsOff: Claim = {
  id: 'C30',
  name: 'nominal ≠ actual',
  statement: 'The actual mean chunk is at least 10 % off the average that was asked for.',
  said: [
    { who: 'casync', where: 'src/cachunker.c, comment at the discriminator', date: 'undated' },
  ],
  published: [{ figure: '±20 %', dataset: 'ronomon README' }],
  datasets: SERIES_DATASETS,
  swept: SERIALISERS.flatMap((serialiser) => CHUNKERS[serialiser]),
  bar: differenceBar('at least', 0.1),
  axes: [CHUNKER, named('serialiser', 'what is cut'), AVERAGE],
  unit: SERIES.name,
  whyNone: 'images whose mean file is larger than the averages would decide',
  cases: (records) =>
    imagesOf(records).flatMap((one) =>
      SERIALISERS.flatMap((serialiser) =>
        [...curvesOf(records, one.step, serialiser)].flatMap(([chunker, points]) =>
          points.flatMap(({ asked, mean, model }) => {
            if (CONTROLS.includes(chunker)) return [];
            // Without chunks there is no mean.
            if (mean === 0) return [];
            // `fixed` is asked for a size, not for an average; files that are shorter than an average cannot have it.
            if (asked === undefined || /\|fixed:/.test(model)) return [];
            if (serialiser === 'files' && asked > meanFile(records, one.step)) return [];
            const off = change(mean, asked);
            const size = off === undefined ? undefined : Math.abs(off);
            return [caseOf(one, { chunker, serialiser, average: asked }, size, nominalIsOff.bar)];
          }),
        ),
      ),
    ),
};

function meanFile({ number }: Records, image: string): number {
  const of = (measure: string): number => number(image, '*', measure);
  return divide(of('image.logical_bytes'), of('image.files')) ?? 0;
}
