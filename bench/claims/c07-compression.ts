import { change, divide } from '../../src/stats/mod.ts';
import { differenceBar, quotientBar } from '../../src/verdicts/case.ts';
import type { Records } from '../records.ts';
import { COUNT, FORMAT, named, SERIES } from './axes.ts';
import { updatedImages } from './c05-series.ts';
import { CATAR_16K, cold, pulled, SERIES_DATASETS } from './chains.ts';
import { type Claim, caseOf, imagesOf } from './claim.ts';

const SOLID = ['oci-gzip', 'tar-zstd'];
const DIVIDED = ['per-file', 'catar', 'catar-blob', CATAR_16K, 'puzzlefs'];
const AXES = [named('solid', 'the codec of the solid layer'), FORMAT];

export const solidIsSmaller: Claim = {
  id: 'C07',
  name: 'compression beats chunks',
  statement:
    'One cold pull of a solid compressed layer is smaller than of a chunked or per-file store.',
  said: [
    {
      who: 'Aleksa Sarai',
      where: 'Container Images Considered Harmful, linux.conf.au',
      date: '2020-01',
      quote: 'compression still beats us in many cases',
    },
  ],
  published: [
    {
      figure: '+5.7 % (298 for 282 MB)',
      dataset: 'ten tags of ubuntu:jammy, puzzlefs',
      ours: { solid: 'oci-gzip', format: 'puzzlefs' },
    },
    { figure: '+22.7 %, +6.3 %, +2.4 %', dataset: 'redis, ubuntu, alpine, nydus' },
  ],
  datasets: SERIES_DATASETS,
  packed: [...SOLID, ...DIVIDED],
  bar: differenceBar('at least', 0),
  axes: AXES,
  unit: SERIES.name,
  whyNone: 'images of at least three series would decide',
  cases: (records) =>
    imagesOf(records).flatMap((one) =>
      SOLID.flatMap((solid) =>
        records
          .models(...DIVIDED)
          .map((model) =>
            caseOf(
              one,
              { solid, format: records.label(model) },
              change(cold(records, one.step, model), cold(records, one.step, records.model(solid))),
              solidIsSmaller.bar,
            ),
          ),
      ),
    ),
};

export const chunksWinBack: Claim = {
  id: 'C07-later',
  name: 'chunks win it back',
  statement:
    'Over a series of updates a chunked store has pulled fewer bytes in all than solid layers.',
  said: solidIsSmaller.said,
  datasets: SERIES_DATASETS,
  packed: [...SOLID, ...DIVIDED],
  bar: quotientBar('at most', 1),
  axes: [COUNT, ...AXES, SERIES],
  unit: SERIES.name,
  whyNone:
    'at least three series, in which each image is an update of the one before, would decide',
  cases: (records) =>
    updatedImages(records).flatMap(({ step, series, own }) =>
      SOLID.flatMap((solid) =>
        records.models(...DIVIDED).map((model) => {
          const all = (of: string): number => followed(records, own, of);
          return caseOf(
            { step, kind: 'series' },
            { images: own.length, solid, format: records.label(model), series },
            divide(all(model), all(records.model(solid))),
            chunksWinBack.bar,
          );
        }),
      ),
    ),
};

/** Bytes pulled in all by a client that begins with the first image and then holds the one before. */
function followed(records: Records, [first, ...later]: readonly string[], model: string): number {
  return later.reduce(
    (bytes, image) => bytes + pulled(records, image, model),
    cold(records, first!, model),
  );
}
