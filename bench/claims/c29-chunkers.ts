import { formatShare } from '../../src/format.ts';
import { change, defined, median } from '../../src/stats/mod.ts';
import { differenceBar } from '../../src/verdicts/case.ts';
import { CHUNKERS, MEANS } from '../compared-chunkers.ts';
import { CHUNKER, MEAN } from './axes.ts';
import { SERIES_DATASETS } from './chains.ts';
import { addedAt, othersOf } from './chunkers.ts';
import { type Claim, caseOf, stepsOf } from './claim.ts';

/** No other chunker: the cuts of FastCDC's first version are those of the second, of which it is a control. */
const CONTROL = 'fastcdc2016 nc=1';

export const chunkersAlike: Claim = {
  id: 'C29',
  name: 'chunkers alike',
  statement:
    'Content-defined chunkers find alike: at equal actual mean, bytes an update adds differ by at most 5 % from FastCDC’s.',
  said: [
    {
      who: 'BorgBackup',
      where: 'docs/internals/chunker.rst',
      date: 'undated',
      quote: 'statistically identical',
    },
  ],
  published: [
    { figure: 'MaxCDC 2.14 % fewer unique bytes', dataset: 'Linux 6.0 to 6.8, 80 tars, go-cdc' },
  ],
  datasets: SERIES_DATASETS,
  swept: CHUNKERS.catar,
  bar: differenceBar('at most', 0.05),
  axes: [CHUNKER, MEAN],
  whyNone: 'a series with at least three updates would decide',
  cases: (records) =>
    stepsOf(records).flatMap((one) => {
      const { standard, others } = othersOf(records, one, 'catar');
      return others
        .filter(([chunker]) => chunker !== 'fixed' && chunker !== CONTROL)
        .flatMap(([chunker, points]) =>
          MEANS.flatMap((mean) => {
            const [own, base] = [addedAt(points, mean), addedAt(standard, mean)];
            if (own === undefined || base === undefined) return [];
            const share = change(own, base);
            const size = share === undefined ? undefined : Math.abs(share);
            return [caseOf(one, { chunker, mean }, size, chunkersAlike.bar, [own, base])];
          }),
        );
    }),
  remark(records, kind) {
    const signed = new Map<string, number[]>();
    for (const one of stepsOf(records, [kind])) {
      const { standard, others } = othersOf(records, one, 'catar');
      for (const [chunker, points] of others) {
        if (chunker === 'fixed' || chunker === CONTROL) continue;
        const shares = MEANS.map((mean) => {
          const [own, base] = [addedAt(points, mean), addedAt(standard, mean)];
          return own === undefined || base === undefined ? undefined : change(own, base);
        });
        signed.set(chunker, [...(signed.get(chunker) ?? []), ...defined(shares)]);
      }
    }
    const told = [...signed].flatMap(([chunker, shares]) => {
      const middle = median(shares);
      return middle === undefined ? [] : [{ chunker, middle }];
    });
    const ordered = told.toSorted((a, b) => a.middle - b.middle);
    const ends = [...ordered.slice(0, ENDS), ...ordered.slice(-ENDS)];
    const texts = ends.map(({ chunker, middle }) => `${chunker} ${signedShare(middle)}`);
    return `With their signs, in the median over steps and means, the most and the least sparing are ${texts.join(', ')}.`;
  },
};

/** Chunkers at either end that are told. */
const ENDS = 2;

function signedShare(share: number): string {
  return `${share < 0 ? '−' : '+'}${formatShare(Math.abs(share), 1)}`;
}
