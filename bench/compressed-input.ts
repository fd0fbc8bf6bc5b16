import { type Maybe, remainder } from '../src/stats/mod.ts';
import { createExperiment, type Experiment, type Records } from './experiment.ts';
import {
  all,
  atMost,
  claim,
  type Finding,
  fixed,
  percent,
  remark,
  undecided,
  verdictWord,
} from './verdict.ts';

/**
 * Does chunking find anything in what is compressed already? Claim C20: next to nothing; compression must lie under the
 * archive or the chunk, not over it.
 */

const COMPRESSED = ['gzip', 'gzip-rsyncable', 'zstd', 'zstd-rsyncable', 'squashfs'];
/** Share of an image's bytes that chunks of the images before already had, up to which that is called next to nothing. */
const NOTHING = 0.05;

export const compressedInput: Experiment = createExperiment({
  name: 'compressed-input',
  claims: 'C20',
  title: 'Does chunking find anything in what is compressed already?',
  swept: [],
  packed: ['tar', ...COMPRESSED].map((of) => `recut:of=${of}`),
  verdict(records) {
    const [control, ...archives] = records.models;
    const models = archives.filter((model) => records.skipped(model) === undefined);
    const skipped = archives.flatMap((model): readonly Finding[] => {
      const why = records.skipped(model);
      return why === undefined ? [] : [remark(`\`${model}\` was skipped: ${why}`)];
    });
    if (models.length === 0) return [undecided('C20', 'no archive could be made'), ...skipped];
    const isNothing = models.map((model) =>
      all(...known(records, model).map((share) => atMost(share, NOTHING))),
    );
    const word = verdictWord(isNothing, 'how it was compressed');
    const parts = models.map((model) => `${nameOf(model)} ${list(known(records, model))}`);
    const sent = [control!, ...models].map((model) => `${nameOf(model)} ${bytes(records, model)}`);
    return [
      claim(
        `C20 chunks of compressed archives share next to nothing (at most ${percent(NOTHING)} of each image known from those before, FastCDC of 64 KiB)`,
        word,
        `. ${parts.join('; ')}. The tar itself: ${list(known(records, control!))}.`,
      ),
      remark(
        `New chunk bytes of each update, MB, nothing compressed after cutting: ${sent.join('; ')}.`,
      ),
      ...skipped,
    ];
  },
});

/** Share of each update's bytes whose chunks were there before or occur twice. */
function known({ updates, number }: Records, model: string): readonly Maybe[] {
  return updates.map((image) =>
    remainder(number(image, model, 'dedup.new_bytes'), number(image, model, 'dedup.stream_bytes')),
  );
}

function bytes({ updates, number }: Records, model: string): string {
  return updates
    .map((image) => fixed(number(image, model, 'dedup.new_bytes') / 1e6, 1))
    .join(' · ');
}

function list(shares: readonly Maybe[]): string {
  return shares.map((share) => percent(share)).join(' · ');
}

function nameOf(model: string): string {
  return /of=([^,]+)/.exec(model)?.[1] ?? model;
}
