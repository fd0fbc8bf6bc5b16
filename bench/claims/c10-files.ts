import { formatNumber, listWords, plural } from '../../src/format.ts';
import { sentence } from '../../src/report/claims/told.ts';
import { groupBy } from '../../src/report/group.ts';
import { defined, divide, type Maybe, median } from '../../src/stats/mod.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import type { Records } from '../records.ts';
import { CODEC } from './axes.ts';
import {
  CATAR_16K,
  FILES_16K,
  FILES_64K,
  INDEX_ENTRY,
  least,
  pulled,
  SERIES_DATASETS,
} from './chains.ts';
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

/** An update, bytes: all of the image anew, by whole files, and by the best chunks, files among them. */
interface Ways {
  readonly all: number;
  readonly files: number;
  readonly best: number;
}

/** Share of what the best chunks spare that whole files spare; undefined where chunks spare next to nothing. */
function won({ all, files, best }: Ways): Maybe {
  const spared = all - best;
  return spared > WORTH * all ? divide(all - files, spared) : undefined;
}

function plain(records: Records, { step }: Step): Ways {
  const whole = records.model(WHOLE);
  const files = added(records, step, whole);
  return {
    all: records.number(step, whole, 'dedup.stream_bytes'),
    files,
    best: least([files, ...records.models(...CUT).map((model) => added(records, step, model))]),
  };
}

function compressed(records: Records, { step }: Step): Ways {
  const files = pulled(records, step, records.model(FILES));
  return {
    all: pulled(records, step, records.model(SOLID)),
    files,
    best: least([files, ...records.models(...PARTS).map((model) => pulled(records, step, model))]),
  };
}

function byCodec(records: Records, step: Step): readonly (readonly [codec: string, ways: Ways])[] {
  return [
    ['none', plain(records, step)],
    ['zstd', compressed(records, step)],
  ];
}

function codecText(codec: string): string {
  return codec === 'none' ? 'without compression' : `by ${codec}`;
}

export const filesAreEnough: Claim = {
  id: 'C10',
  name: 'file-level dedup',
  statement:
    'Dedup of whole files spares at least 80 % of what the best chunks spare of an update, index included.',
  said: [
    {
      who: 'OCI meeting',
      where: 'ircbot.wl.linuxfoundation.org, minutes',
      date: '2019-01-02',
      quote: 'may have the most ideal balance',
    },
  ],
  published: [{ figure: '3 % of files are unique', dataset: 'Docker Hub, 167 TB' }],
  datasets: SERIES_DATASETS,
  packed: [SOLID, FILES, ...PARTS],
  swept: [WHOLE, ...CUT],
  bar: quotientBar('at least', 0.8, 'share'),
  axes: [CODEC],
  whyNone: 'a series with at least three updates would decide',
  cases: (records) =>
    stepsOf(records).flatMap((one) =>
      byCodec(records, one).map(([codec, ways]) =>
        caseOf(one, { codec }, won(ways), filesAreEnough.bar),
      ),
    ),
  remark(records, kind) {
    const steps = stepsOf(records, [kind]);
    const told = [
      ...groupBy(
        steps.flatMap((one) => byCodec(records, one)),
        ([codec]) => codec,
      ),
    ];
    const texts = told.flatMap(([codec, own]) => {
      const price = median(defined(own.map(([, { files, best }]) => divide(files, best))));
      return price === undefined ? [] : [`${formatNumber(price, 2)} times (${codecText(codec)})`];
    });
    const left = told.map(([codec, own]) => ({
      codec,
      count: own.filter(([, ways]) => won(ways) === undefined).length,
    }));
    const price = `whole files cost ${listWords(texts)} the bytes of the best chunks, in the median of all ${plural(steps.length, kind)} (C10-price)`;
    const leftOut = left.every(({ count }) => count === 0)
      ? ''
      : `; not counted, since chunks spare too little: ${listWords(left.map(({ codec, count }) => `${count} ${codecText(codec)}`))}`;
    return sentence(`${price}${leftOut}`);
  },
};

const { remark: _, ...ofUpdates } = filesAreEnough;

export const filesCostLittle: Claim = {
  ...ofUpdates,
  id: 'C10-price',
  name: 'price of whole files',
  statement:
    'An update by whole files costs at most 10 % more bytes than by the best chunks, index included.',
  published: [],
  bar: quotientBar('at most', 1.1),
  cases: (records) =>
    stepsOf(records).flatMap((one) =>
      byCodec(records, one).map(([codec, { files, best }]) =>
        caseOf(one, { codec }, divide(files, best), filesCostLittle.bar, [files, best]),
      ),
    ),
};
