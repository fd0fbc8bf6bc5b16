import { chunkerMembers } from '../../src/chunkers/mod.ts';
import { divide } from '../../src/stats/mod.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import { AVERAGE, CHUNKER } from './axes.ts';
import { type Claim, caseOf, whereIdle } from './claim.ts';

const DIGEST = 'digest:sha256';

export const hashingBounds: Claim = {
  id: 'C35',
  name: 'hashing bounds',
  statement:
    'Hashing, not chunking, bounds throughput: no chunker takes longer to cut a stream than SHA-256 takes to digest it.',
  said: [
    { who: 'ronomon', where: 'ronomon/deduplication README', date: 'undated' },
    { who: 'casync', where: 'NEWS of version 2', date: 'undated', quote: 'substantially faster' },
  ],
  published: [{ figure: 'cutting 2.5× faster than SHA-256', dataset: 'ronomon README' }],
  datasets: ['ci-slice'],
  experiment: 'speed',
  isTimed: true,
  bar: quotientBar('at most', 1),
  axes: [CHUNKER, AVERAGE],
  // One stream; what is repeated are the rounds.
  leastSteps: 1,
  whyNone: 'a run of experiment speed on an idle machine would decide',
  cases(records) {
    const { view } = records;
    const rates = view.of('speed.rate');
    const digest = rates.find(({ model }) => model.startsWith(DIGEST));
    return rates.flatMap(({ image, model, value }) => {
      const chunker = model.split(':')[0]!;
      const average = view.number(image, model, 'speed.average');
      const isOurs = chunkerMembers.some(({ name }) => name === chunker);
      if (!isOurs || average === undefined || !digest) return [];
      whereIdle(records);
      const noise = view.of('speed.noise_floor').map((one) => Number(one.value));
      const bar = hashingBounds.bar;
      const own = { ...bar, resolution: Math.max(bar.resolution, ...noise) };
      const took = divide(Number(digest.value), Number(value));
      return [caseOf({ step: image, kind: 'image' }, { chunker, average }, took, own)];
    });
  },
};
