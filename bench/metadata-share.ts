import { plural } from '../src/format.ts';
import { divide, type Maybe } from '../src/stats/mod.ts';
import { FORMATS, metadataIsSmall, metadataStaysSmall } from './claims/c25-metadata-share.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import { type Finding, fromTo, percent, recorded, remark } from './verdict.ts';

/** Is metadata about one per cent, and does it stay so? Claim C25. */

const LAYERS = ['oci-gzip', 'tar-zstd'];

export const metadataShare: Experiment = createExperiment({
  name: 'metadata-share',
  claims: 'C25 metadata is about one per cent',
  title: 'Is metadata about one per cent, of images and of updates?',
  decides: [metadataIsSmall, metadataStaysSmall],
  swept: [],
  packed: LAYERS,
  isOfAnyStep: true,
  verdict: (records) => [
    ofSeries(records),
    remark(
      'Metadata: manifests, configurations, indexes, metadata roots. catar keeps file metadata in its stream, where it counts as content.',
    ),
  ],
});

function ofSeries(records: Records): Finding {
  const { images, number, label } = records;
  const last = images.at(-1)!;
  const models = records.models(...LAYERS, ...FORMATS);
  const rows = models.map((model): readonly [model: string, part: Maybe] => [
    model,
    divide(number(last, model, 'stored.metadata_bytes'), number(last, model, 'stored.bytes')),
  ]);
  const parts = fromTo(
    rows.map(([, part]) => part),
    (part) => percent(part, false, 2),
  );
  const [[most, greatest] = []] = rows.toSorted(([, a = -1], [, b = -1]) => b - a);
  const name = most === undefined || greatest === undefined ? '' : `, the most in ${label(most)}`;
  return remark(
    `Of what a registry keeps of the series: ${parts} in ${plural(rows.length, 'format')}${name}.`,
    recorded(records, [last], models, ['stored.metadata_bytes', 'stored.bytes']),
  );
}
