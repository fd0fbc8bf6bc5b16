import { divide } from '../src/stats/mod.ts';
import { createExperiment, type Experiment, type Records } from './experiment.ts';
import {
  atMost,
  below,
  claim,
  type Finding,
  fixed,
  mean,
  namer,
  ofUpdates,
  percent,
  remark,
  times,
  verdictWord,
} from './verdict.ts';

/** Is a flat metadata root acceptable, or is a Merkle tree of directories needed? Claim C26. */

/** The root as it is, and by zstd; both ways of dividing it leave the contents the same. */
const CODECS = ['none', 'zstd:3'];
/** Index of the chunks alone; the metadata of files lies among the contents. */
const INDEXED = 'catar';
/** A narrow link, where bytes count, and a distant server behind a wide one, where rounds count. */
const LINKS = ['dsl-20ms', '1g-100ms'];
/** Slower than the tree by at most this is held to be acceptable. */
const ACCEPTABLE = 1.1;

export const metadataRoot: Experiment = createExperiment({
  name: 'metadata-root',
  claims: 'C26',
  title: 'Is a flat metadata root acceptable, or is a Merkle tree of directories needed?',
  swept: [],
  packed: [
    ...CODECS.flatMap((codec) =>
      ['files', 'merkle-files'].map((serialiser) => `${serialiser}|whole|${codec}|objects|get`),
    ),
    INDEXED,
  ],
  links: LINKS,
  verdict(records) {
    return [saves(records), acceptable(records), figures(records)];
  },
});

/** Only serialiser and codec differ. */
function nameOf(model: string): string {
  const [serialiser, , codec] = model.split('|') as [string, string, string];
  if (serialiser === INDEXED) return INDEXED;
  const form = serialiser === 'files' ? 'flat' : 'directories';
  return codec === 'none' ? form : `${form} by ${codec.split(':')[0]!}`;
}

/** Flat and divided by the same codec. */
function pairsOf({ models }: Records): readonly (readonly [flat: string, merkle: string])[] {
  return CODECS.map((_, number) => [models[2 * number]!, models[2 * number + 1]!]);
}

function saves(records: Records): Finding {
  const rows = pairsOf(records).map(([flat, merkle]) => ({
    flat,
    merkle,
    before: ofUpdates(records, flat, 'transfer.metadata_bytes'),
    after: ofUpdates(records, merkle, 'transfer.metadata_bytes'),
  }));
  const word = verdictWord(
    rows.flatMap(({ before, after }) =>
      after.map((bytes, update) => below(divide(bytes, before[update]), 1)),
    ),
    'the update',
  );
  const parts = rows.map(
    ({ flat, merkle, before, after }) =>
      `${nameOf(merkle)} ${kilobytes(after)} for ${kilobytes(before)} of ${nameOf(flat)}`,
  );
  return claim(
    'C26 one object per directory takes fewer bytes of metadata an update than a flat root',
    word,
    `. Client with the image before, ${steps(records)}, kB: ${parts.join('; ')}.`,
  );
}

function acceptable(records: Records): Finding {
  const { images, updates, number } = records;
  const [flat, merkle] = pairsOf(records).at(-1)!;
  const rows = LINKS.map((link) => ({
    link,
    ratios: updates.map((image) => {
      const ms = (model: string): number =>
        number(image, model, 'transfer.network_ms', 'previous', link);
      return divide(ms(flat), ms(merkle));
    }),
  }));
  const word = verdictWord(
    rows.flatMap(({ ratios }) => ratios.map((ratio) => atMost(ratio, ACCEPTABLE))),
    'link and update',
  );
  const parts = rows.map(({ link, ratios }) => `${link} ${ratios.map(times).join(' · ')}`);
  const entries = number(images.at(-1)!, '*', 'image.entries');
  return claim(
    `C26 a flat root of ${entries} entries is acceptable (the whole update takes at most ${times(ACCEPTABLE)} the modelled time that it takes with one object per directory)`,
    word,
    `. ${nameOf(flat)} ÷ ${nameOf(merkle)}, ${steps(records)}: ${parts.join('; ')}.`,
  );
}

function figures(records: Records): Finding {
  const { updates, models, number } = records;
  const label = namer(models);
  const parts = models.map((model) => {
    const all = (measure: string): number[] => ofUpdates(records, model, measure);
    const share = divide(mean(all('transfer.metadata_bytes')), mean(all('transfer.bytes')));
    const seconds = LINKS.map((link) => {
      const ms = updates.map((image) =>
        number(image, model, 'transfer.network_ms', 'previous', link),
      );
      return `${fixed(mean(ms) / 1000, 2)} s at ${link}`;
    });
    const called = label(model) === nameOf(model) ? '' : ` (${label(model)})`;
    return `${nameOf(model)}${called} ${fixed(mean(all('transfer.metadata_bytes')) / 1e3, 0)} kB (${percent(share)}), ${fixed(mean(all('transfer.requests')), 0)} requests, ${all('transfer.rounds').join(' · ')} rounds, ${seconds.join(', ')}`;
  });
  return remark(
    `Metadata of an update (mean) and its share of the bytes, requests of contents included, rounds of each, modelled time (mean): ${parts.join('; ')}. ${nameOf(models.at(-1)!)} keeps the metadata of files among their contents: its own is the index of chunks.`,
  );
}

function steps({ updates }: Records): string {
  return updates.map((image) => `→ ${image}`).join(' · ');
}

function kilobytes(bytes: readonly number[]): string {
  return bytes.map((one) => fixed(one / 1e3, 0)).join(' · ');
}
