import { type Experiment, percent, type Records } from './experiment.ts';

/**
 * Does chunking find anything in what is compressed already? Claim C20: next to nothing; compression must lie under the
 * archive or the chunk, not over it.
 */

const COMPRESSED = ['gzip', 'gzip-rsyncable', 'zstd', 'zstd-rsyncable', 'squashfs'];
/** Share of an image's bytes that chunks of the images before already had, up to which that is called next to nothing. */
const NOTHING = 0.05;

export const compressedInput: Experiment = {
  name: 'compressed-input',
  title: 'Does chunking find anything in what is compressed already?',
  swept: [],
  packed: ['tar', ...COMPRESSED].map((of) => `recut:of=${of}`),
  verdict(records) {
    if (records.images.length < 2) return ['C20: undecided, a series of two images is needed.'];
    const [control, ...all] = records.models;
    const models = all.filter((model) => records.skipped(model) === undefined);
    const skipped = all.flatMap((model) => {
      const why = records.skipped(model);
      return why === undefined ? [] : [`\`${model}\` was skipped: ${why}`];
    });
    if (models.length === 0) return ['C20: undecided, no archive could be made.', ...skipped];
    const isNothing = models.map((model) =>
      known(records, model).every((share) => share <= NOTHING),
    );
    const word = isNothing.every(Boolean)
      ? 'confirmed'
      : isNothing.some(Boolean)
        ? 'depends on how it was compressed'
        : 'refuted';
    const parts = models.map((model) => `${nameOf(model)} ${list(known(records, model))}`);
    const sent = [control!, ...models].map((model) => `${nameOf(model)} ${bytes(records, model)}`);
    return [
      `C20 chunks of compressed archives share next to nothing (at most ${percent(NOTHING)} of each image known from those before, FastCDC of 64 KiB): **${word}**. ${parts.join('; ')}. The tar itself: ${list(known(records, control!))}.`,
      `New chunk bytes of each update, MB, nothing compressed after cutting: ${sent.join('; ')}.`,
      ...skipped,
    ];
  },
};

/** Share of each update's bytes whose chunks were there before or occur twice. */
function known({ images, number }: Records, model: string): readonly number[] {
  return images
    .slice(1)
    .map(
      (image) =>
        1 - number(image, model, 'dedup.new_bytes') / number(image, model, 'dedup.stream_bytes'),
    );
}

function bytes({ images, number }: Records, model: string): string {
  return images
    .slice(1)
    .map((image) => (number(image, model, 'dedup.new_bytes') / 1e6).toFixed(1))
    .join(' · ');
}

function list(shares: readonly number[]): string {
  return shares.map((share) => percent(share)).join(' · ');
}

function nameOf(model: string): string {
  return /of=([^,]+)/.exec(model)?.[1] ?? model;
}
