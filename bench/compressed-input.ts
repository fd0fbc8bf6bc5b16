import { formatBytes, plural } from '../src/format.ts';
import { type Maybe, remainder } from '../src/stats/mod.ts';
import { compressedSharesNothing } from './claims/c20-compressed-input.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import { type Finding, figureOf, fromTo, meanText, percent, recorded, remark } from './verdict.ts';

/**
 * Does chunking find anything in what is compressed already? Claim C20: next to nothing; compression must lie under the
 * archive or the chunk, not over it.
 */

const CONTROL = 'recut:of=tar';
const COMPRESSED = ['gzip', 'gzip-rsyncable', 'zstd', 'zstd-rsyncable', 'squashfs'].map(
  (of) => `recut:of=${of}`,
);
export const compressedInput: Experiment = createExperiment({
  name: 'compressed-input',
  claims: 'C20 chunks of compressed archives share next to nothing',
  title: 'Does chunking find anything in what is compressed already?',
  decides: [compressedSharesNothing],
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
    const all = [control, ...models];
    const sent = all.map((model) => `${nameOf(model)} ${newBytes(records, model)}`);
    return [
      knownShares(records, all),
      remark(
        `New chunk bytes of an update (mean of ${records.updates.length}, least … most), nothing compressed after cutting: ${sent.join('; ')}.`,
        recorded(records, records.updates, all, ['dedup.new_bytes']),
      ),
      ...skipped,
    ];
  },
});

/** The tar itself beside what was made of it. */
function knownShares(records: Records, models: readonly string[]): Finding {
  const rows = models.map((model) => ({ archive: nameOf(model), shares: known(records, model) }));
  const parts = rows.map(
    ({ archive, shares }) =>
      `${archive} ${fromTo(
        shares.map(([, share]) => share),
        percent,
      )}`,
  );
  return remark(
    `Known from the images before in ${plural(records.updates.length, 'update')}, FastCDC of 64 KiB: ${parts.join('; ')}.`,
    rows.flatMap(({ archive, shares }) =>
      shares.map(([image, share]) => figureOf(image, { archive }, share, 'share')),
    ),
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
