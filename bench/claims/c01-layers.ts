import { remainder } from '../../src/stats/mod.ts';
import { differenceBar } from '../../src/verdicts/case.ts';
import { cold, pulled, SERIES_DATASETS } from './chains.ts';
import { type Claim, caseOf, stepsOf } from './claim.ts';

const LAYERS = 'oci-gzip';

export const layersSpareLittle: Claim = {
  id: 'C01',
  name: 'layer dedup',
  statement:
    'When an image is updated, sharing whole layers spares a client nearly nothing: at most 10 % of a cold pull.',
  said: [
    {
      who: 'Aleksa Sarai',
      where: 'The Road to OCIv2 Images: What’s Wrong with Tar?',
      date: '2019-01-21',
    },
  ],
  published: [
    {
      figure: '9.6 % saved (2813 of 3112 MB)',
      dataset: 'six tags of a private image, puzzlefs#13',
    },
  ],
  construction:
    'Of an image of one layer, as all of debian-steps and alpine are, a change leaves nothing to share.',
  datasets: SERIES_DATASETS,
  packed: [LAYERS],
  bar: differenceBar('at most', 0.1),
  axes: [],
  whyNone: 'a series of images of one distribution would decide',
  cases: (records) =>
    stepsOf(records).map((one) =>
      caseOf(
        one,
        {},
        remainder(
          pulled(records, one.step, records.model(LAYERS)),
          cold(records, one.step, records.model(LAYERS)),
        ),
        layersSpareLittle.bar,
      ),
    ),
};
