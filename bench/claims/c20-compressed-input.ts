import { remainder } from '../../src/stats/mod.ts';
import { differenceBar } from '../../src/verdicts/case.ts';
import { named } from './axes.ts';
import { type Claim, caseOf, stepsOf } from './claim.ts';

const ARCHIVES = ['gzip', 'gzip-rsyncable', 'zstd', 'zstd-rsyncable', 'squashfs'].map(
  (of) => `recut:of=${of}`,
);

export const compressedSharesNothing: Claim = {
  id: 'C20',
  name: 'compressed input',
  statement:
    'Chunking compressed archives finds next to nothing: at most 5 % of an image is known from the ones before.',
  said: [
    {
      who: 'Aleksa Sarai',
      where: 'The Road to OCIv2 Images: What’s Wrong with Tar?, Parallel',
      date: '2019-01-21',
    },
  ],
  published: [
    {
      figure: 'nothing shared',
      dataset: 'gzip layers of four images, hinshun/ipcs',
      ours: { archive: 'gzip' },
    },
    {
      figure: '58 % reused',
      dataset: 'squashfs-xz at 128 KiB, casync#46',
      ours: { archive: 'squashfs' },
    },
  ],
  datasets: ['debian-updates', 'alpine'],
  packed: ARCHIVES,
  bar: differenceBar('at most', 0.05),
  axes: [named('archive', 'how it was compressed')],
  whyNone: 'a series with at least three updates, and the programs that compress, would decide',
  cases: (records) =>
    stepsOf(records).flatMap((one) =>
      records
        .models(...ARCHIVES)
        .filter((model) => records.skipped(model) === undefined)
        .map((model) =>
          caseOf(
            one,
            { archive: /of=([^,]+)/.exec(model)![1]! },
            remainder(
              records.number(one.step, model, 'dedup.new_bytes'),
              records.number(one.step, model, 'dedup.stream_bytes'),
            ),
            compressedSharesNothing.bar,
          ),
        ),
    ),
};
