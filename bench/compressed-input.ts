import { formatBytes, plural } from '../src/format.ts';
import { type Maybe, remainder } from '../src/stats/mod.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  type Bar,
  caseOf,
  claim,
  type Finding,
  figureOf,
  fromTo,
  meanText,
  percent,
  recorded,
  remark,
  undecided,
  verdictWord,
} from './verdict.ts';

/**
 * Does chunking find anything in what is compressed already? Claim C20: next to nothing; compression must lie under the
 * archive or the chunk, not over it.
 */

const CONTROL = 'recut:of=tar';
const COMPRESSED = ['gzip', 'gzip-rsyncable', 'zstd', 'zstd-rsyncable', 'squashfs'].map(
  (of) => `recut:of=${of}`,
);
/** Share of an image's bytes that chunks of the images before already had, up to which that is called next to nothing. */
const NOTHING: Bar = { unit: 'share', side: 'at most', bar: 0.05 };

const CLAIM = 'C20 chunks of compressed archives share next to nothing';

export const compressedInput: Experiment = createExperiment({
  name: 'compressed-input',
  claims: CLAIM,
  title: 'Does chunking find anything in what is compressed already?',
  swept: [],
  packed: [CONTROL, ...COMPRESSED],
  verdict(records) {
    const control = records.model(CONTROL);
    const archives = records.models(...COMPRESSED);
    const models = archives.filter((model) => records.skipped(model) === undefined);
    const skipped = archives.flatMap((model): readonly Finding[] => {
      const why = records.skipped(model);
      return why === undefined ? [] : [remark(`${model} was skipped: ${why}`)];
    });
    if (models.length === 0) return [undecided(CLAIM, 'no archive could be made'), ...skipped];
    const all = [control, ...models];
    const sent = all.map((model) => `${nameOf(model)} ${newBytes(records, model)}`);
    return [
      shared(records, control, models),
      remark(
        `New chunk bytes of an update (mean of ${records.updates.length}, least … most), nothing compressed after cutting: ${sent.join('; ')}.`,
        recorded(records, records.updates, all, ['dedup.new_bytes']),
      ),
      ...skipped,
    ];
  },
});

function shared(records: Records, control: string, models: readonly string[]): Finding {
  const rows = models.map((model) => ({ archive: nameOf(model), shares: known(records, model) }));
  const cases = rows.map(({ archive, shares }) =>
    shares.map(([image, share]) => caseOf(image, { archive }, share, NOTHING)),
  );
  const own = known(records, control);
  const list = (shares: typeof own): string =>
    fromTo(
      shares.map(([, share]) => share),
      percent,
    );
  return claim(
    `C20 chunks of compressed archives share next to nothing (at most ${percent(NOTHING.bar)} of each image known from those before, FastCDC of 64 KiB)`,
    verdictWord(cases, 'how it was compressed'),
    `. Known in ${plural(records.updates.length, 'update')}: ${list(rows.flatMap(({ shares }) => shares))} of ${plural(rows.length, 'archive')}, ${list(own)} of the tar itself.`,
    own.map(([image, share]) => figureOf(image, { archive: nameOf(control) }, share, 'share')),
  );
}

/** Share of each update's bytes whose chunks were there before or occur twice. */
function known(
  { updates, number }: Records,
  model: string,
): readonly (readonly [image: string, share: Maybe])[] {
  return updates.map((image) => [
    image,
    remainder(number(image, model, 'dedup.new_bytes'), number(image, model, 'dedup.stream_bytes')),
  ]);
}

function newBytes({ updates, number }: Records, model: string): string {
  const bytes = updates.map((image) => number(image, model, 'dedup.new_bytes'));
  return meanText(bytes, formatBytes);
}

function nameOf(model: string): string {
  return /of=([^,]+)/.exec(model)?.[1] ?? model;
}
