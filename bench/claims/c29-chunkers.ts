import { formatShare } from '../../src/format.ts';
import { groupBy } from '../../src/report/group.ts';
import { change, defined, median } from '../../src/stats/mod.ts';
import { type CaseSide, differenceBar, sideOf } from '../../src/verdicts/case.ts';
import { CHUNKERS, MEANS, OTHER_TABLE } from '../compared-chunkers.ts';
import type { Records } from '../records.ts';
import { CHUNKER, MEAN } from './axes.ts';
import { SERIES_DATASETS } from './chains.ts';
import { addedAt, othersOf } from './chunkers.ts';
import { type Claim, caseOf, type Step, stepsOf } from './claim.ts';

export const chunkersAlike: Claim = {
  id: 'C29',
  name: 'chunkers alike',
  statement:
    'Content-defined chunkers deduplicate equally well: at equal actual mean, bytes an update adds differ by at most 5 % from FastCDC’s.',
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
  compares: CHUNKERS.catar.filter((chain) => !/\|fixed:|\|fastcdc2016:/.test(chain)),
  bar: differenceBar('at most', 0.05),
  axes: [CHUNKER, MEAN],
  whyNone: 'a series with at least three updates would decide',
  cases: (records) =>
    stepsOf(records).flatMap((one) =>
      differencesIn(records, one)
        .filter(({ chunker }) => chunker !== OTHER_TABLE)
        .map(({ chunker, mean, own, base }) => {
          const share = change(own, base);
          const size = share === undefined ? undefined : Math.abs(share);
          return caseOf(one, { chunker, mean }, size, chunkersAlike.bar, [own, base]);
        }),
    ),
  remark(records, kind) {
    const found = stepsOf(records, [kind]).flatMap((one) => differencesIn(records, one));
    const signed = [...groupBy(found, ({ chunker }) => chunker)].flatMap(([chunker, all]) => {
      const shares = defined(all.map(({ own, base }) => change(own, base)));
      const middle = median(shares);
      return middle === undefined ? [] : [{ chunker, shares, middle }];
    });
    const ordered = signed
      .filter(({ chunker }) => chunker !== OTHER_TABLE)
      .toSorted((a, b) => a.middle - b.middle);
    const ends = [ordered[0], ordered.at(-1)].flatMap((one) => one ?? []);
    const texts = ends.map(({ chunker, middle }) => `${chunker} ${signedShare(middle)}`);
    const chance = signed.find(({ chunker }) => chunker === OTHER_TABLE);
    return [
      ...(chance ? [chanceText(chance.shares)] : []),
      ...(texts.length < 2 ? [] : [`With signs, medians lie between ${texts.join(' and ')}.`]),
    ].join(' ');
  },
};

/** What a step adds by a chunker and by FastCDC at an actual mean, bytes. */
function differencesIn(
  records: Records,
  step: Step,
): readonly {
  readonly chunker: string;
  readonly mean: number;
  readonly own: number;
  readonly base: number;
}[] {
  const { standard, others, otherTable } = othersOf(records, step, 'catar');
  return [...others, [OTHER_TABLE, otherTable] as const]
    .filter(([chunker]) => chunker !== 'fixed')
    .flatMap(([chunker, points]) =>
      MEANS.flatMap((mean) => {
        const [own, base] = [addedAt(points, mean), addedAt(standard, mean)];
        return own === undefined || base === undefined ? [] : [{ chunker, mean, own, base }];
      }),
    );
}

/** What the same chunker with other cuts comes to: differences that are no chunker's. */
function chanceText(shares: readonly number[]): string {
  const { bar } = chunkersAlike;
  const sizes = shares.map(Math.abs);
  const count = (side: CaseSide): number =>
    sizes.filter((value) => sideOf({ value, bar }) === side).length;
  const [middle, most] = [median(sizes)!, Math.max(...sizes)].map((share) => formatShare(share, 1));
  return `FastCDC with another gear table (chance alone): ${count('met')} met, ${count('close')} too close, ${count('not met')} not, median ${middle}, at most ${most}.`;
}

function signedShare(share: number): string {
  return `${share < 0 ? '−' : '+'}${formatShare(Math.abs(share), 1)}`;
}
