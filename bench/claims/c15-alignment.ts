import { change, divide } from '../../src/stats/mod.ts';
import { differenceBar, quotientBar } from '../../src/verdicts/case.ts';
import type { Records } from '../records.ts';
import { CHUNKER, named } from './axes.ts';
import { type Claim, caseOf, imagesOf, type OpenCase, stepsOf } from './claim.ts';

/** Cuts anywhere; those of the same chunkers on blocks: {@link onBlocks}. */
export const PLAIN: readonly string[] = [
  'fastcdc:avg=16KiB',
  'fastcdc:avg=64KiB',
  'fastcdc:avg=256KiB',
  'fastcdc:avg=1MiB',
  'rabin:avg=64KiB',
  'casync:avg=64KiB',
];
/** In one stream of all files a cut at a multiple is no block of any file: what rounding costs is seen all the same. */
const SERIALISERS = ['files', 'catar'];

export const onBlocks = (chunker: string): string => `${chunker},align=4KiB`;
export const chainOf = (chunker: string, serialiser = 'files'): string =>
  `${serialiser}|${chunker}|none|objects|get`;

const SAID: Claim['said'] = [
  { who: 'Aleksa Sarai', where: 'opencontainers/umoci#256', date: 'undated' },
  { who: 'Lennart Poettering', where: 'casync, blog', date: 'undated' },
];
const DATASETS = ['debian-updates', 'alpine'];
const NEEDS_IMAGES = 'at least three images would decide';

/** Share of file bytes that a file system can share with a store of chunks, each a file, not compressed. */
function shares(
  records: Records,
  cutBy: (chunker: string) => string,
  bar: OpenCase['bar'],
): readonly OpenCase[] {
  return imagesOf(records).flatMap((one) =>
    PLAIN.map((chunker) => {
      const of = (measure: string): number =>
        records.number(one.step, records.model(chainOf(cutBy(chunker))), measure);
      const share = divide(of('dedup.store_reflinkable_bytes'), of('dedup.stream_bytes'));
      return caseOf(one, { chunker }, share, bar);
    }),
  );
}

export const cutsAnywhereLose: Claim = {
  id: 'C15',
  name: 'reflinks need blocks',
  statement:
    'With cuts anywhere, a file system can share at most half of the bytes of files with a store of chunks.',
  said: SAID,
  datasets: DATASETS,
  experiment: 'alignment',
  bar: quotientBar('at most', 0.5, 'share'),
  axes: [CHUNKER],
  whyNone: NEEDS_IMAGES,
  cases: (records) => shares(records, (chunker) => chunker, cutsAnywhereLose.bar),
};

export const cutsOnBlocksShare: Claim = {
  ...cutsAnywhereLose,
  id: 'C15-blocks',
  construction: 'Cuts on blocks lie on blocks; what is left are ends of files that fill no block.',
  name: 'cuts on blocks',
  statement:
    'With cuts on blocks of 4 KiB, a file system can share nearly all, at least 95 %, with a store of chunks.',
  bar: quotientBar('at least', 0.95, 'share'),
  cases: (records) => shares(records, onBlocks, cutsOnBlocksShare.bar),
};

export const cutsOnBlocksCost: Claim = {
  ...cutsAnywhereLose,
  id: 'C15-price',
  name: 'price of blocks',
  statement: 'Cuts on blocks find less to share: an update adds at least 5 % more bytes.',
  bar: differenceBar('at least', 0.05),
  axes: [named('serialiser', 'what is cut'), CHUNKER],
  whyNone: 'a series with at least three updates would decide',
  cases: (records) =>
    stepsOf(records).flatMap((one) =>
      SERIALISERS.flatMap((serialiser) =>
        PLAIN.map((chunker) => {
          const added = (cutBy: string): number =>
            records.number(one.step, records.model(chainOf(cutBy, serialiser)), 'dedup.new_bytes');
          const both = [added(onBlocks(chunker)), added(chunker)] as const;
          const at = { serialiser, chunker };
          return caseOf(one, at, change(...both), cutsOnBlocksCost.bar, both);
        }),
      ),
    ),
};
