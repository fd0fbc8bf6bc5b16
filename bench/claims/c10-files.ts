import { divide, type Maybe } from '../../src/stats/mod.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import type { Records } from '../records.ts';
import { CODEC } from './axes.ts';
import { CATAR_16K, FILES_16K, FILES_64K, INDEX_ENTRY, least, pulled } from './chains.ts';
import { type Claim, caseOf, type Step, stepsOf } from './claim.ts';

const WHOLE = 'files|whole|none|objects|get';
const CUT = [
  'files|fastcdc:avg=4KiB..64KiB|none|objects|get',
  'catar|fastcdc:avg=4KiB..64KiB|none|objects|get',
];
/** All of an image anew, by the same codec. */
const SOLID = 'tar-zstd';
const FILES = 'per-file';
const PARTS = ['catar', CATAR_16K, FILES_16K, FILES_64K];

/** Bytes that an update adds, an index of 40 B an object with them. */
function added({ number }: Records, image: string, model: string): number {
  return (
    number(image, model, 'dedup.new_bytes') + INDEX_ENTRY * number(image, model, 'chunks.count')
  );
}

/** Where chunks spare no more than this share of it, there is nothing to have a share of: releases, mostly. */
const WORTH = 0.1;

/** Share of what the best chunks spare that whole files spare; undefined where chunks spare next to nothing. */
function won(all: number, files: number, chunks: readonly number[]): Maybe {
  const spared = all - least([files, ...chunks]);
  return spared > WORTH * all ? divide(all - files, spared) : undefined;
}

function plain(records: Records, { step }: Step): Maybe {
  const whole = records.model(WHOLE);
  return won(
    records.number(step, whole, 'dedup.stream_bytes'),
    added(records, step, whole),
    records.models(...CUT).map((model) => added(records, step, model)),
  );
}

function compressed(records: Records, { step }: Step): Maybe {
  return won(
    pulled(records, step, records.model(SOLID)),
    pulled(records, step, records.model(FILES)),
    records.models(...PARTS).map((model) => pulled(records, step, model)),
  );
}

export const filesAreEnough: Claim = {
  id: 'C10',
  name: 'file-level dedup',
  statement:
    'Dedup of whole files wins most (at least 80 %) of what the best chunks spare of an update, index included.',
  said: [
    {
      who: 'OCI meeting',
      where: 'ircbot.wl.linuxfoundation.org, minutes',
      date: '2019-01-02',
      quote: 'may have the most ideal balance',
    },
  ],
  published: [{ figure: '3 % of files are unique', dataset: 'Docker Hub, 167 TB' }],
  datasets: ['debian-updates', 'alpine'],
  packed: [SOLID, FILES, ...PARTS],
  swept: [WHOLE, ...CUT],
  bar: quotientBar('at least', 0.8, 'share'),
  axes: [CODEC],
  whyNone: 'a series with at least three updates would decide',
  cases: (records) =>
    stepsOf(records).flatMap((one) => [
      caseOf(one, { codec: 'none' }, plain(records, one), filesAreEnough.bar),
      caseOf(one, { codec: 'zstd' }, compressed(records, one), filesAreEnough.bar),
    ]),
};
