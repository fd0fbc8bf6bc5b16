import { formatBytes, formatNumber, plural } from '../src/format.ts';
import { divide } from '../src/stats/mod.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  type Bar,
  caseOf,
  claim,
  type Finding,
  fixed,
  fromTo,
  mean,
  meanText,
  ofUpdates,
  percent,
  recorded,
  remark,
  times,
  verdictWord,
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
/** Slower than the tree by at most this is held to be acceptable. */
const ACCEPTABLE: Bar = { unit: 'ratio', side: 'at most', bar: 1.1 };
const FEWER: Bar = { unit: 'ratio', side: 'below', bar: 1 };

export const metadataRoot: Experiment = createExperiment({
  name: 'metadata-root',
  claims: 'C26 a flat metadata root is acceptable',
  title: 'Is a flat metadata root acceptable, or is a Merkle tree of directories needed?',
  swept: [],
  packed: [...ROOTS, INDEXED],
  links: LINKS,
  verdict(records) {
    return [
      saves(records),
      acceptable(records),
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
  const word = verdictWord(
    rows.flatMap(({ codec, flat, merkle }) =>
      records.updates.map((image, update) =>
        caseOf(
          image,
          { of: 'directories ÷ flat', codec },
          divide(merkle.bytes[update], flat.bytes[update]),
          FEWER,
        ),
      ),
    ),
    'the update',
  );
  const parts = rows.map(
    ({ flat, merkle }) =>
      `${nameOf(merkle.model)} ${fromTo(merkle.bytes, formatBytes)} for ${fromTo(flat.bytes, formatBytes)} of ${nameOf(flat.model)}`,
  );
  return claim(
    'C26 one object per directory takes fewer bytes of metadata an update than a flat root',
    word,
    `. Client with the previous image, ${plural(records.updates.length, 'update')}: ${parts.join('; ')}.`,
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

function acceptable(records: Records): Finding {
  const { images, updates, number } = records;
  const flat = records.model(chain('files', 'zstd:3'));
  const merkle = records.model(chain('merkle-files', 'zstd:3'));
  const rows = LINKS.map((link) => ({
    link,
    cases: updates.map((image) => {
      const ms = (model: string): number =>
        number(image, model, 'transfer.network_ms', 'previous', link);
      return caseOf(image, { link }, divide(ms(flat), ms(merkle)), ACCEPTABLE);
    }),
  }));
  const word = verdictWord(
    rows.flatMap(({ cases }) => cases),
    'link and update',
  );
  const parts = rows.map(({ link, cases }) => {
    const ratios = cases.map(({ value }) => value);
    return `${link} ${fromTo(ratios, times)}`;
  });
  const entries = number(images.at(-1)!, '*', 'image.entries');
  return claim(
    `C26 a flat root of ${plural(entries, 'entry', 'entries')} is acceptable (the whole update takes at most ${times(ACCEPTABLE.bar)} the modelled time that it takes with one object per directory)`,
    word,
    `. ${nameOf(flat)} ÷ ${nameOf(merkle)}, ${plural(updates.length, 'update')}: ${parts.join('; ')}.`,
  );
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
    `${nameOf(model)}${called}, mean of ${plural(updates.length, 'update')}: ${meanText(all('transfer.metadata_bytes'), formatBytes)} of metadata (${percent(share)} of the bytes), ${formatNumber(mean(all('transfer.requests')))} requests, those of contents included, rounds ${fromTo(all('transfer.rounds'), String)}; modelled time ${seconds.join(', ')}.`,
  );
}
