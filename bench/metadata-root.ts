import { formatBytes, formatNumber, plural } from '../src/format.ts';
import { perStep } from '../src/report/steps.ts';
import { divide } from '../src/stats/mod.ts';
import { flatIsAcceptable, flatScales } from './claims/c26-root.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  type Finding,
  fixed,
  fromTo,
  mean,
  meanText,
  ofUpdates,
  percent,
  recorded,
  remark,
} from './verdict.ts';

/** Is a flat metadata root acceptable, or is a Merkle tree of directories needed? Claim C26. */

/** The root as it is, and by zstd; both ways of dividing it leave the contents the same. */
const CODECS = ['none', 'zstd:3'] as const;
const chain = (serialiser: string, codec: string): string =>
  `${serialiser}|whole|${codec}|objects|get`;
const ROOTS = CODECS.flatMap((codec) => [chain('files', codec), chain('merkle-files', codec)]);
/** Index of the chunks alone; the metadata of files lies among the contents. */
const INDEXED = 'catar';
/** A narrow link, where bytes count, and a distant server behind a wide one, where rounds count. */
const LINKS = ['dsl-20ms', '1g-100ms'];
export const metadataRoot: Experiment = createExperiment({
  name: 'metadata-root',
  claims: 'C26 a flat metadata root is acceptable',
  title: 'Is a flat metadata root acceptable, or is a Merkle tree of directories needed?',
  decides: [flatIsAcceptable, flatScales],
  swept: [],
  packed: [...ROOTS, INDEXED],
  links: LINKS,
  verdict(records) {
    return [
      saves(records),
      ...records.models(...ROOTS, INDEXED).map((model) => figures(records, model)),
      remark(
        `${INDEXED} keeps the metadata of files among their contents: its own is the index of chunks.`,
      ),
    ];
  },
});

/** Only serialiser and codec differ. */
function nameOf(model: string): string {
  const [serialiser, , codec] = model.split('|') as [string, string, string];
  if (serialiser === INDEXED) return INDEXED;
  const form = serialiser === 'files' ? 'flat' : 'directories';
  return codec === 'none' ? form : `${form} by ${codec.split(':')[0]!}`;
}

function saves(records: Records): Finding {
  const root = (serialiser: string, codec: string): Root => {
    const model = records.model(chain(serialiser, codec));
    return { model, bytes: ofUpdates(records, model, 'transfer.metadata_bytes') };
  };
  const rows = CODECS.map((codec) => ({
    codec,
    flat: root('files', codec),
    merkle: root('merkle-files', codec),
  }));
  const parts = rows.map(
    ({ flat, merkle }) =>
      `${nameOf(merkle.model)} ${fromTo(merkle.bytes, formatBytes)} for ${fromTo(flat.bytes, formatBytes)} of ${nameOf(flat.model)}`,
  );
  return remark(
    `Metadata of an update, client with the previous image, ${plural(records.updates.length, 'update')}: ${parts.join('; ')}.`,
    recorded(
      records,
      records.updates,
      records.models(...ROOTS),
      ['transfer.metadata_bytes'],
      'previous',
    ),
  );
}

interface Root {
  readonly model: string;
  /** Metadata of each update. */
  readonly bytes: readonly number[];
}

function figures(records: Records, model: string): Finding {
  const { updates, number, label } = records;
  const all = (measure: string): number[] => ofUpdates(records, model, measure);
  const share = divide(mean(all('transfer.metadata_bytes')), mean(all('transfer.bytes')));
  const seconds = LINKS.map((link) => {
    const ms = updates.map((image) =>
      number(image, model, 'transfer.network_ms', 'previous', link),
    );
    return `${fixed(mean(ms) / 1000, 2)} s at ${link}`;
  });
  const called = label(model) === nameOf(model) ? '' : ` (${label(model)})`;
  return remark(
    `${nameOf(model)}${called}, ${perStep({ kind: 'update', images: updates })}: ${meanText(all('transfer.metadata_bytes'), formatBytes)} of metadata (${percent(share)} of the bytes), ${formatNumber(mean(all('transfer.requests')))} requests, those of contents included, rounds ${fromTo(all('transfer.rounds'), String)}; modelled time ${seconds.join(', ')}.`,
  );
}
