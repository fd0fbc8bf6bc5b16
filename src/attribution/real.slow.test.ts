import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { fetchImage, loadDataset } from '../datasets/mod.ts';
import { Cache } from '../images/cache.ts';
import { run } from '../library.ts';
import { aliasOf, resolveModels } from '../models/mod.ts';
import { readRun } from '../results/read.ts';
import { directorySuite } from '../testing/directory.ts';
import { lackOfTime, skip } from '../testing/needs.ts';
import { offlineContext } from '../testing/offline.ts';
import { type Attribution, explainEach, readSubject } from './mod.ts';
import { chooseClient } from './subject.ts';

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
  // Nothing is timed, and no report written.
  const plan = { dataset: dataset.id, models: MODELS, repeat: 0, reproducibility: false };
  const { failures } = await run({ ...plan, directory: out }, {}, async () => []);
  assert.is(failures, 0);
  const values = (await readRun(out)).records.flatMap((record) =>
    'value' in record ? [record] : [],
  );
  const last = images.at(-1)!;
  const asked = values.filter(
    ({ measure, image, link }) =>
      measure === 'transfer.bytes' &&
      link === undefined &&
      (wanted !== undefined || image === last),
  );
  const keptBytes = new Map(
    values.flatMap(({ measure, model, image, value }) =>
      measure === 'stored.bytes' ? [[`${model} ${image}`, value] as const] : [],
    ),
  );
  const models = resolveModels(MODELS);
  // A client for each image, each pair, and at least one by the whole series.
  assert.ok(asked.length >= models.length * images.length);
  const sum = ({ parts }: Pick<Attribution, 'parts'>): number =>
    parts.reduce((all, { bytes }) => all + bytes, 0);
  const subject = await readSubject({ inputs: [out] });
  let compared = 0;
  for (const model of models) {
    const own = asked.filter((record) => record.model === model);
    const clients = own.map(({ image, client }) => ({
      image,
      ...chooseClient(subject, image, client),
    }));
    const context = { ...offlineContext(directory), cache: new Cache() };
    await explainEach(subject, model, clients, 1, context, (explained) => {
      const { image, client, transferred, stored } = explained;
      const { value } = own.find((one) => one.image === image && one.client === client)!;
      const name = `${image} ${aliasOf(model)} ${client}`;
      assert.is(sum(transferred), value, name);
      assert.is(sum(stored), keptBytes.get(`${model} ${image}`), name);
      compared++;
    });
  }
  assert.is(compared, asked.length);
});

test.run();
