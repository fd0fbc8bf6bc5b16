import { divide, type Maybe } from '../src/stats/mod.ts';
import { createExperiment, type Experiment, type Records } from './experiment.ts';
import {
  atMost,
  claim,
  ends,
  type Finding,
  namer,
  ofUpdates,
  percent,
  remark,
  verdictWord,
} from './verdict.ts';

/** Is metadata about one per cent, and does it stay so? Claim C25. */

/** "About 1 %" is held to be at most this. */
const ABOUT = 0.02;

export const metadataShare: Experiment = createExperiment({
  name: 'metadata-share',
  claims: 'C25',
  title: 'Is metadata about one per cent, of images and of updates?',
  swept: [],
  packed: [
    'oci-gzip',
    'tar-zstd',
    'per-file',
    'catar',
    'catar-blob',
    'catar|fastcdc:avg={8KiB,16KiB}|zstd:3|objects|get',
    'files|fastcdc:avg=16KiB|zstd:3|objects|get',
  ],
  verdict(records) {
    return [
      sentence(records, 'of what a registry keeps of the series', stored),
      sentence(records, 'of a cold pull of the first image', cold),
      sentence(records, 'of the update that has most of it', update),
      remark(
        'Metadata: manifests, configurations, indexes, metadata roots. catar keeps file metadata in its stream, where it counts as content.',
      ),
    ];
  },
});

type Share = (records: Records, model: string) => Maybe;

const stored: Share = ({ images, number }, model) =>
  divide(
    number(images.at(-1)!, model, 'stored.metadata_bytes'),
    number(images.at(-1)!, model, 'stored.bytes'),
  );

const cold: Share = ({ images, number }, model) =>
  divide(
    number(images[0]!, model, 'transfer.metadata_bytes', 'none'),
    number(images[0]!, model, 'transfer.bytes', 'none'),
  );

/** Indexes and roots are pulled whole however little changed: small updates have the most of them. */
const update: Share = (records, model) => {
  const bytes = ofUpdates(records, model, 'transfer.bytes');
  const metadata = ofUpdates(records, model, 'transfer.metadata_bytes');
  const [, most] = ends(metadata.map((own, number) => divide(own, bytes[number])));
  return most;
};

function sentence(records: Records, what: string, share: Share): Finding {
  const name = namer(records.models);
  const rows = records.models.map((model) => ({ model, part: share(records, model) }));
  const word = verdictWord(
    rows.map(({ part }) => atMost(part, ABOUT)),
    'the format',
  );
  const parts = rows.map(({ model, part }) => `${name(model)} ${percent(part, false, 2)}`);
  return claim(
    `C25 metadata is about 1 % (at most ${percent(ABOUT)}) ${what}`,
    word,
    `. ${parts.join('; ')}.`,
  );
}
