import { fetchImage } from '../../src/datasets/mod.ts';
import { UsageError } from '../../src/errors.ts';
import { resolveModels } from '../../src/models/mod.ts';
import { describeModels } from '../../src/plan.ts';
import { CellStore } from '../../src/runs/cell-store.ts';
import { createPool } from '../../src/workers/pooled.ts';
import { fewBytesToStart } from '../claims/c32-lazy-start.ts';
import { createTimed, type Experiment, type TimedInput } from '../experiment.ts';
import type { Finding } from '../verdict.ts';
import { measureImage } from './measure.ts';
import { checkRecordedIn, readStarts, type Start } from './starts.ts';
import { startSentences } from './verdict.ts';

/**
 * Which models serve the start of a program with the least bytes? Claim C32: only a few per cent of an image are needed. What
 * real programs asked for when they started was recorded once (datasets/starts/); every model is asked what of it a client
 * that holds nothing must fetch.
 */

/** Whole layers, then formats of which parts can be fetched. */
const MODELS = [
  'oci-gzip',
  'tar-zstd',
  'estargz',
  'soci-index',
  'zstd-chunked',
  'composefs-chunked',
  'nydus',
  'per-file',
  'ostree',
  'puzzlefs',
  'catar',
  'catar-blob',
];
/** Made by a program that need not be installed. */
const MOUNTED = ['squashfs'];

const always = resolveModels(MODELS);
const models = [...always, ...resolveModels(MOUNTED)];

export const lazyStart: Experiment = createTimed({
  name: 'lazy-start',
  decides: [fewBytesToStart],
  title: 'Which models serve the start of a program with the least bytes?',
  dataset: 'starts',
  timed: {
    images(planned, { dataset }) {
      const starts = readStarts().filter((one) => one.dataset === dataset);
      const images = planned.filter((id) => starts.some(({ image }) => image === id));
      if (images.length > 0) return images;
      throw new UsageError(
        'no start was recorded in these images',
        {},
        'choose the dataset starts, or record one: datasets/starts/README.md',
      );
    },
    takes: 'five minutes of processor time for the four images of dataset starts, without fetching',
    wanted: always.map((model) => [model, 'lazy.bytes']),
    verdict: startSentences,
    measure: measureStarts,
  },
});

async function measureStarts({
  plan,
  run,
  context,
  progress,
}: TimedInput): Promise<readonly Finding[]> {
  const starts = readStarts().filter(({ dataset }) => dataset === plan.dataset.id);
  const startsOf = (id: string): readonly Start[] => starts.filter(({ image }) => image === id);
  const images = plan.images.filter((id) => startsOf(id).length > 0);
  const note = (text: string): void => progress.note(text);
  const store = new CellStore(context.cache, { isFresh: plan.fresh, note });
  progress.start(images.length * models.length);
  run.describeModels(await describeModels(models));
  const pool = createPool(plan.workers);
  try {
    for (const id of images) {
      const image = await fetchImage(plan.dataset, id, context);
      run.enter(image);
      for (const start of startsOf(id)) checkRecordedIn(start, image);
      const surroundings = { run, store, pool, context, progress };
      await measureImage(image, startsOf(id), models, surroundings);
    }
  } finally {
    await pool.close();
  }
  return [];
}
