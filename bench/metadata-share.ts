import { plural } from '../src/format.ts';
import { divide, type Maybe } from '../src/stats/mod.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  aboutUpdates,
  type Bar,
  caseOf,
  claim,
  type Finding,
  fromTo,
  percent,
  remark,
  SERIES,
  verdictWord,
} from './verdict.ts';

/** Is metadata about one per cent, and does it stay so? Claim C25. */

/** "About 1 %" is held to be at most this. */
const ABOUT: Bar = { unit: 'share', side: 'at most', bar: 0.02 };
const PACKED = [
  'oci-gzip',
  'tar-zstd',
  'per-file',
  'catar',
  'catar-blob',
  'catar|fastcdc:avg={8KiB,16KiB}|zstd:3|objects|get',
  'files|fastcdc:avg=16KiB|zstd:3|objects|get',
];

export const metadataShare: Experiment = createExperiment({
  name: 'metadata-share',
  claims: 'C25 metadata is about one per cent',
  title: 'Is metadata about one per cent, of images and of updates?',
  swept: [],
  packed: PACKED,
  isOfAnyStep: true,
  verdict(records) {
    return [
      sentence(records, 'of what a registry keeps of the series', stored),
      sentence(records, 'of a cold pull of the first image', cold),
      aboutUpdates(records, statementOf(UPDATE), (own) => sentence(own, UPDATE, update)),
      remark(
        'Metadata: manifests, configurations, indexes, metadata roots. catar keeps file metadata in its stream, where it counts as content.',
      ),
    ];
  },
});

const UPDATE = 'of the update that has most of it';

type Reader = (records: Records, model: string) => Share;

interface Share {
  readonly step: string;
  readonly part: Maybe;
}

const stored: Reader = ({ images, number }, model) => {
  const value = (measure: string): number => number(images.at(-1)!, model, measure);
  return { step: SERIES, part: divide(value('stored.metadata_bytes'), value('stored.bytes')) };
};

const cold: Reader = (records, model) => pulled(records, model, records.images[0]!, 'none');

/** Indexes and roots are pulled whole however little changed: small updates have the most of them. */
const update: Reader = (records, model) => {
  const all = records.updates.map((image) => pulled(records, model, image, 'previous'));
  const [first, ...others] = all;
  return others.reduce((most, one) => ((one.part ?? -1) > (most.part ?? -1) ? one : most), first!);
};

function pulled({ number }: Records, model: string, step: string, client: string): Share {
  const [metadata, bytes] = ['transfer.metadata_bytes', 'transfer.bytes'].map((measure) =>
    number(step, model, measure, client),
  );
  return { step, part: divide(metadata, bytes) };
}

function statementOf(what: string): string {
  return `C25 metadata is about 1 % (at most ${percent(ABOUT.bar)}) ${what}`;
}

function sentence(records: Records, what: string, share: Reader): Finding {
  const rows = records.models(...PACKED).map((model) => ({ model, ...share(records, model) }));
  const word = verdictWord(
    rows.map(({ model, step, part }) => caseOf(step, { model }, part, ABOUT)),
    'the format',
  );
  const parts = fromTo(
    rows.map(({ part }) => part),
    (part) => percent(part, false, 2),
  );
  const { label } = records;
  const [most] = rows.toSorted((a, b) => (b.part ?? -1) - (a.part ?? -1));
  const name = most?.part === undefined ? '' : `, the most in ${label(most.model)}`;
  return claim(statementOf(what), word, `. ${parts} in ${plural(rows.length, 'format')}${name}.`);
}
