import { divide } from '../../src/stats/mod.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import type { Records } from '../records.ts';
import { FORMAT, SERIES } from './axes.ts';
import { FILES_16K, FILES_64K, SERIES_DATASETS } from './chains.ts';
import { type Claim, caseOf, imagesOf, type OpenCase, stepsOf } from './claim.ts';

/** Those that keep metadata apart from contents: a catar has it in its chunks, and an index alone beside them. */
export const FORMATS: readonly string[] = ['per-file', 'puzzlefs', FILES_16K, FILES_64K];

const SAID: Claim['said'] = [
  { who: 'composefs developers', where: 'composefs-rs#224', date: 'undated' },
];

function shares(
  records: Records,
  one: Pick<OpenCase, 'step' | 'kind'>,
  client: string,
  bar: OpenCase['bar'],
): readonly OpenCase[] {
  return records.models(...FORMATS).map((model) => {
    const [metadata, all] = ['transfer.metadata_bytes', 'transfer.bytes'].map((measure) =>
      records.number(one.step, model, measure, client),
    );
    return caseOf(one, { format: records.label(model) }, divide(metadata, all), bar);
  });
}

export const metadataIsSmall: Claim = {
  id: 'C25',
  name: 'metadata size',
  statement: 'Metadata is about 1 %, at most 2 %, of the bytes of a cold pull.',
  said: SAID,
  published: [
    { figure: '1.25 % of content, EROFS', dataset: 'debian:bookworm, 5,241 files' },
    { figure: '0.80 % of content, EROFS', dataset: 'fedora:43' },
  ],
  datasets: SERIES_DATASETS,
  packed: FORMATS,
  bar: quotientBar('at most', 0.02, 'share'),
  axes: [FORMAT],
  unit: SERIES.name,
  whyNone: 'images of at least three series would decide',
  cases: (records) =>
    imagesOf(records).flatMap((one) => shares(records, one, 'none', metadataIsSmall.bar)),
};

const { unit: _, ...ofSteps } = metadataIsSmall;

export const metadataStaysSmall: Claim = {
  ...ofSteps,
  id: 'C25-update',
  name: 'metadata of an update',
  statement: 'Metadata stays about 1 %, at most 2 %, of the bytes of an update.',
  published: [],
  whyNone: 'a series with at least three updates would decide',
  cases: (records) =>
    stepsOf(records).flatMap((one) => shares(records, one, 'previous', metadataStaysSmall.bar)),
};
