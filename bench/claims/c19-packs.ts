import { change, divide } from '../../src/stats/mod.ts';
import { differenceBar, quotientBar } from '../../src/verdicts/case.ts';
import type { Records } from '../records.ts';
import { named } from './axes.ts';
import { SERIES_DATASETS } from './chains.ts';
import { type Claim, caseOf, type OpenCase, stepsOf } from './claim.ts';

const CHUNKS = 'catar|fastcdc:avg=64KiB|zstd:3';
const LOOSE = 'catar';
const SIZES = ['4MiB', '64MiB'];
const FETCHERS = ['range', 'get'];
const packs = (size: string, fetcher: string): string => `${CHUNKS}|packs:size=${size}|${fetcher}`;
const PACKED = SIZES.flatMap((size) => FETCHERS.map((fetcher) => packs(size, fetcher)));
const AXES = [named('fetched by', 'how packs are fetched'), named('pack', 'the size of a pack')];

const SAID: Claim['said'] = [
  { who: 'Hugging Face', where: 'From chunks to blocks', date: 'undated' },
];

function casesOf(
  records: Records,
  measure: string,
  value: (own: number, loose: number) => OpenCase['value'],
  bar: OpenCase['bar'],
): readonly OpenCase[] {
  return stepsOf(records).flatMap((one) =>
    SIZES.flatMap((pack) =>
      FETCHERS.map((fetcher) => {
        const of = (name: string): number =>
          records.number(one.step, records.model(name), measure, 'previous');
        const at = { pack, 'fetched by': fetcher };
        return caseOf(one, at, value(of(packs(pack, fetcher)), of(LOOSE)), bar);
      }),
    ),
  );
}

export const packsSpareRequests: Claim = {
  id: 'C19',
  construction:
    'Loose chunks take a request each, packs of an update mostly one in all: the value is nearly the number of its chunks.',
  name: 'packs needed',
  statement:
    'Chunks in packs take at least 10 times fewer requests for an update than loose chunks.',
  said: SAID,
  published: [{ figure: '1000× fewer entries', dataset: 'Hugging Face, 45 PB' }],
  datasets: SERIES_DATASETS,
  packed: [LOOSE, ...PACKED],
  bar: quotientBar('at least', 10),
  axes: AXES,
  whyNone: 'a series with at least three updates would decide',
  cases: (records) =>
    casesOf(
      records,
      'transfer.requests',
      (own, loose) => divide(loose, own),
      packsSpareRequests.bar,
    ),
};

export const packsOverFetch: Claim = {
  id: 'C19-price',
  construction:
    'The new objects of an image fill packs of their own, so that a client that skips no version fetches little else.',
  name: 'over-fetch of packs',
  statement:
    'Packs cost over-fetch: an update moves at least 10 % more content than loose chunks do.',
  said: SAID,
  datasets: SERIES_DATASETS,
  packed: [LOOSE, ...PACKED],
  bar: differenceBar('at least', 0.1),
  axes: AXES,
  whyNone: 'a series with at least three updates would decide',
  cases: (records) => casesOf(records, 'transfer.content_bytes', change, packsOverFetch.bar),
};
