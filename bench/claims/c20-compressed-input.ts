import { type Maybe, remainder } from '../../src/stats/mod.ts';
import { differenceBar, sideOf } from '../../src/verdicts/case.ts';
import type { Records } from '../records.ts';
import { named } from './axes.ts';
import { type Claim, caseOf, type Step, stepsOf } from './claim.ts';

const ARCHIVES = ['gzip', 'gzip-rsyncable', 'zstd', 'zstd-rsyncable', 'squashfs'].map(
  (of) => `recut:of=${of}`,
);

/** The image as it is, by the same chunker. */
const RAW = 'recut:of=tar';
const MOST = 0.05;

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
    { figure: '58 % reused', dataset: 'squashfs-xz at 128 KiB, casync#46' },
  ],
  datasets: ['debian-updates', 'alpine'],
  packed: [...ARCHIVES, RAW],
  bar: differenceBar('at most', MOST),
  axes: [named('archive', 'how it was compressed')],
  whyNone: 'a series with at least three updates, and the programs that compress, would decide',
  cases: (records) =>
    stepsOf(records).flatMap((one) => {
      // Where the image as it is shares no more either, compression is not what hides it.
      const raw = knownOf(records, one, records.model(RAW));
      const isShared = sideOf({ value: raw, bar: compressedSharesNothing.bar }) === 'not met';
      return records
        .models(...ARCHIVES)
        .filter((model) => records.skipped(model) === undefined)
        .map((model) =>
          caseOf(
            one,
            { archive: /of=([^,]+)/.exec(model)![1]! },
            isShared ? knownOf(records, one, model) : undefined,
            compressedSharesNothing.bar,
          ),
        );
    }),
};

/** Share of a stream that the images before have. */
function knownOf({ number }: Records, { step }: Step, model: string): Maybe {
  return remainder(
    number(step, model, 'dedup.new_bytes'),
    number(step, model, 'dedup.stream_bytes'),
  );
}
