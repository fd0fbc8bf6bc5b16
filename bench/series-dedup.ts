import { divide } from '../src/stats/mod.ts';
import { createExperiment, type Experiment, type Records } from './experiment.ts';
import {
  atLeast,
  claim,
  type Finding,
  leastBy,
  mean,
  megabytes,
  namer,
  ofUpdates,
  times,
  verdictWord,
} from './verdict.ts';

/** Does a series shrink several times when parts of files are stored once? Claim C05. */

/** "Several times smaller" is held to be at least this. */
const SEVERAL = 2;
const LAYERS = 'oci-gzip';
const FILES = 'per-file';
const PARTS = [
  'catar',
  'catar|fastcdc:avg=16KiB|zstd:3|objects|get',
  'files|fastcdc:avg=16KiB|zstd:3|objects|get',
];

export const seriesDedup: Experiment = createExperiment({
  name: 'series-dedup',
  claims: 'C05',
  title: 'How much smaller does a series get by sub-file dedup?',
  swept: [],
  packed: [LAYERS, FILES, ...PARTS],
  verdict(records) {
    return [storage(records), transfer(records)];
  },
});

function storage(records: Records): Finding {
  const { images, number } = records;
  const last = images.at(-1)!;
  const stored = (model: string): number => number(last, model, 'stored.bytes');
  const { layers, files, parts, name } = chains(records);
  const best = leastBy(parts, stored);
  const gain = divide(stored(layers), stored(best));
  const tars = images.reduce((sum, image) => sum + number(image, '*', 'image.layer_bytes'), 0);
  return claim(
    `C05 a series is stored several (at least ${SEVERAL}) times smaller by sub-file dedup`,
    verdictWord([atLeast(gain, SEVERAL)], ''),
    `. ${images.length} images up to ${last}: ${LAYERS} ${megabytes(stored(layers))}, ${FILES} ${megabytes(stored(files))}, best with parts of files (${name(best)}) ${megabytes(stored(best))}: ${times(gain)} smaller than layers, ${times(divide(stored(files), stored(best)))} than whole files, ${times(divide(tars, stored(best)))} than uncompressed layers.`,
  );
}

function transfer(records: Records): Finding {
  const { updates } = records;
  const { layers, files, parts, name } = chains(records);
  const pulled = (model: string): number[] => ofUpdates(records, model, 'transfer.bytes');
  const best = leastBy(parts, (model) => mean(pulled(model)));
  const [own, base, whole] = [pulled(best), pulled(layers), pulled(files)];
  const gains = own.map((bytes, update) => divide(base[update], bytes));
  const steps = gains.map(
    (gain, update) =>
      `→ ${updates[update]!} ${times(gain)} (${megabytes(own[update]!)} for ${megabytes(base[update]!)}; ${FILES} ${megabytes(whole[update]!)})`,
  );
  const word = verdictWord(
    gains.map((gain) => atLeast(gain, SEVERAL)),
    'the step between versions',
  );
  return claim(
    `C05 an update transfers several (at least ${SEVERAL}) times less`,
    word,
    `. ${name(best)} for a client with the image before: ${steps.join('; ')}.`,
  );
}

function chains({ models }: Records): {
  readonly layers: string;
  readonly files: string;
  readonly parts: readonly string[];
  readonly name: (model: string) => string;
} {
  const [layers, files, ...parts] = models as [string, string, ...string[]];
  return { layers, files, parts, name: namer(models) };
}
