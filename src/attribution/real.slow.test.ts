import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { fetchImage, loadDataset } from '../datasets/mod.ts';
import { Cache } from '../images/cache.ts';
import { explain, run } from '../library.ts';
import { aliasOf, resolveModels } from '../models/mod.ts';
import { readRun } from '../results/read.ts';
import type { ValueRecord } from '../results/record.ts';
import { directorySuite } from '../testing/directory.ts';
import { lackOfTime, skip } from '../testing/needs.ts';
import { offlineContext } from '../testing/offline.ts';
import type { Attribution } from './mod.ts';

/**
 * OCIBENCH_REAL names a dataset whose images must be in the cache: every recorded client of every image by all presets is
 * explained. Without it, the last image of ci-slice by some, where that is there.
 */
const wanted = process.env['OCIBENCH_REAL'];
const MODELS = wanted === undefined ? ['oci-gzip', 'per-file', 'catar', 'estargz'] : ['all'];

const test = directorySuite('explain real images', lackOfTime());

test('13 the parts sum to every record of real images, difference 0', async ({ directory }) => {
  const dataset = await loadDataset(wanted ?? 'ci-slice');
  const images = dataset.images.map(({ id }) => id);
  try {
    const context = { ...offlineContext(directory), cache: new Cache() };
    for (const id of images) await fetchImage(dataset, id, context);
  } catch (error) {
    if (wanted !== undefined) throw error;
    return skip(`images of ${dataset.id} are not in the cache`);
  }
  const out = join(directory, 'run');
  const { failures } = await run({ dataset: dataset.id, models: MODELS, directory: out });
  assert.is(failures, 0);
  const values = (await readRun(out)).records.flatMap((record) =>
    'value' in record ? [record] : [],
  );
  const found = (measure: string, { model, image }: ValueRecord): unknown =>
    values.find((one) => one.measure === measure && one.model === model && one.image === image)
      ?.value;
  const last = images.at(-1)!;
  const asked = values.filter(
    ({ measure, image, link }) =>
      measure === 'transfer.bytes' &&
      link === undefined &&
      (wanted !== undefined || image === last),
  );
  // A client for each image, each pair, and at least one by the whole series.
  assert.ok(asked.length >= resolveModels(MODELS).length * images.length);
  const sum = ({ parts }: Pick<Attribution, 'parts'>): number =>
    parts.reduce((all, { bytes }) => all + bytes, 0);
  for (const record of asked) {
    const { image, model, client, value } = record;
    const explained = await explain({ inputs: [out], image, model, client });
    const name = `${image} ${aliasOf(model)} ${client}`;
    assert.is(sum(explained.transferred), value, name);
    assert.is(sum(explained.stored), found('stored.bytes', record), name);
  }
});

test.run();
