import { limits } from '../../src/limits.ts';
import { divide } from '../../src/stats/mod.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import { AVERAGE, SERIES } from './axes.ts';
import { averageOf, SERIES_DATASETS, SWEPT_SIZES } from './chains.ts';
import { type Claim, caseOf, imagesOf } from './claim.ts';

/** A descriptor as an OCI manifest lists it, with the comma after it: bytes of JSON. */
export const DESCRIPTOR_BYTES: number =
  `{"mediaType":"application/vnd.oci.image.layer.v1.tar+zstd","digest":"sha256:${'0'.repeat(64)}","size":12345},`
    .length;
/** An image as applications and models have them. */
const LARGE_BYTES = 1e9;

export const manifestTooLong: Claim = {
  id: 'C18',
  name: 'blob per chunk',
  statement:
    'A registry blob for every chunk scales badly: the manifest of an image of 1 GB passes 4 MiB.',
  said: [
    {
      who: 'rust-oci-client users',
      where: 'oras-project/rust-oci-client#203',
      date: 'undated',
      quote: 'zstd:chunked ends up producing tens of thousands of range requests',
    },
  ],
  published: [
    { figure: '25,806 chunks of 155 B fill 4 MB', dataset: 'puzzlefs-style descriptors' },
  ],
  datasets: SERIES_DATASETS,
  swept: [SWEPT_SIZES],
  bar: quotientBar('at least', limits.manifestBytes, 'bytes'),
  axes: [AVERAGE],
  unit: SERIES.name,
  whyNone: 'images of at least three series would decide',
  cases: (records) =>
    imagesOf(records).flatMap((one) =>
      records.models(SWEPT_SIZES).map((model) => {
        const [chunks, stream] = ['chunks.count', 'dedup.stream_bytes'].map((measure) =>
          records.number(one.step, model, measure),
        );
        return caseOf(
          one,
          { average: averageOf(model) },
          divide(chunks! * DESCRIPTOR_BYTES * LARGE_BYTES, stream),
          manifestTooLong.bar,
        );
      }),
    ),
};
