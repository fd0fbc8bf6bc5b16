import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../src/models/mod.ts';
import { layers } from './layers.ts';
import { madeRecords, toldOf } from './made-records.ts';
import type { Records } from './records.ts';
import { textsOf } from './verdict.ts';

const MB = 1e6;
const models = resolveModels(layers.packed);

/** An update of 100 MB: layers of the image that the client has, MB that stores pull, MB that package layers pull. */
function made(kept: number, store: number, split: readonly number[]): Records {
  const pulled = (model: string, client: string): number => {
    if (client === 'none') return 100;
    if (model.startsWith('layers')) return 100 - 20 * kept;
    const position = models.filter((id) => id.startsWith('packages')).indexOf(model);
    return position < 0 ? store : split[position]!;
  };
  return madeRecords({
    images: ['a', 'b'],
    models,
    number(_, model, measure, client = '-') {
      if (measure === 'image.delivered_bytes') return 100 * MB;
      if (measure === 'stored.content_bytes') return 150 * MB;
      // Manifest and configuration.
      if (measure === 'transfer.metadata_bytes') return 1000;
      if (measure === 'transfer.requests') return 2 + 5 - (client === 'none' ? 0 : kept);
      return pulled(model, client) * MB;
    },
  });
}

const BETTER = resolveModels(['per-file'])[0];

async function lines(records: Records): Promise<readonly string[]> {
  return textsOf(await layers.verdict(records));
}

test('an update that keeps no layer is one of the base, one that keeps some is FROM one base', async () => {
  const replaced = await lines(made(0, 50, [50, 50, 50]));
  assert.match(
    replaced[0]!,
    '**confirmed**. Updates that keep no layer: 1 of 1. oci-gzip spares 0.0 %; per-file 50.0 %, catar 50.0 % of their own.',
  );
  const [first] = await layers.verdict(made(0, 50, [50, 50, 50]));
  assert.equal(toldOf(first!.cases), ['b, of spared: 0']);
  assert.equal(toldOf(first!.figures).slice(0, 4), [
    'b, of layers kept: 0',
    'b, of layers: 5',
    'b, of pulled: 100000000',
    'b, of cold pull: 100000000',
  ]);
  assert.match(replaced[1]!, 'undecided: no image here keeps a layer');
  const kept = await lines(made(2, 50, [50, 50, 50]));
  assert.match(kept[0]!, 'undecided: every image here keeps layers');
  assert.match(
    kept[1]!,
    '**confirmed**. oci-gzip spares 40.0 % in 1 of 1 step, which keep 2 of 5 layers.',
  );
  assert.match(kept[2]!, '150.00 MB of 200.00 MB, 25.0 % spared');
  assert.match(kept[4]!, 'oci-zstd (5 layers there) 0.400');
});

test('package layers are held against what the better store spares', async () => {
  const split = async (store: number, ...pulled: readonly number[]): Promise<string> =>
    (await lines(made(0, store, pulled)))[3]!;
  assert.match(await split(50, 60, 55, 40), '**confirmed**');
  assert.match(await split(50, 61, 55, 40), '**depends on the number of layers**');
  assert.match(
    await split(50, 61, 55, 40),
    'in 1 of 1 update, by at most 16 layers 78.0 %, 64 layers 90.0 %, 128 layers 120.0 %',
  );
  const finding = (await layers.verdict(made(0, 50, [61, 55, 40])))[3]!;
  assert.equal(toldOf(finding.cases).slice(0, 2), [
    `b, layers at most 16, store ${BETTER}: 0.78`,
    `b, layers at most 64, store ${BETTER}: 0.9`,
  ]);
  assert.match(await split(50, 90, 90, 90), '**refuted**');
  assert.match(await split(95, 60, 55, 40), 'undecided: no store spares more than 10.0 %');
});

test('one image is no series', async () => {
  assert.match((await lines({ ...made(0, 50, [50, 50, 50]), images: ['a'] }))[0]!, 'undecided');
});

test.run();
