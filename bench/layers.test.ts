import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../src/models/mod.ts';
import { layers } from './layers.ts';
import { madeRecords, toldOf } from './made-records.ts';
import type { Records } from './records.ts';
import { textsOf } from './verdict.ts';

const MB = 1e6;
const models = resolveModels(layers.packed);

/** Updates of 100 MB: layers of the image that the client has, MB that stores pull, MB that package layers pull. */
function made(kept: number, store: number, split: readonly number[]): Records {
  const pulled = (model: string, client: string): number => {
    if (client === 'none') return 100;
    if (model.startsWith('layers')) return 100 - 20 * kept;
    const position = models.filter((id) => id.startsWith('packages')).indexOf(model);
    return position < 0 ? store : split[position]!;
  };
  return madeRecords({
    images: ['a', 'b', 'c', 'd'],
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

async function lines(records: Records): Promise<readonly string[]> {
  return textsOf(await layers.verdict(records));
}

test('layers that are kept, and what they spare', async () => {
  const [, , , none] = await lines(made(0, 50, [50, 50, 50]));
  assert.is(none, 'oci-gzip keeps a layer of the image before in 0 of 3 steps.');
  const findings = await layers.verdict(made(2, 50, [50, 50, 50]));
  const [base, , , kept, stored] = textsOf(findings);
  assert.match(base!, 'C01 When an image is updated');
  assert.match(base!, '**refuted**');
  assert.match(
    kept!,
    'in 3 of 3 steps. They keep 2 of 5 layers, which spare 40.0 % of a cold pull.',
  );
  assert.equal(toldOf(findings[3]!.figures).slice(0, 4), [
    'b, of layers kept: 2',
    'b, of layers: 5',
    'b, of pulled: 60000000',
    'b, of cold pull: 100000000',
  ]);
  assert.match(stored!, '150.00 MB of 400.00 MB, 62.5 % spared');
  assert.match(textsOf(findings).at(-1)!, 'oci-zstd (5 layers there) 0.400');
});

test('package layers are held against what the best store spares', async () => {
  const split = async (store: number, ...pulled: readonly number[]): Promise<string> =>
    (await lines(made(0, store, pulled)))[1]!;
  assert.match(await split(50, 55, 52, 40), '**confirmed**');
  assert.match(await split(50, 70, 55, 40), '**depends on the number of layers**');
  assert.match(await split(50, 90, 90, 90), '**refuted**');
  assert.match(await split(95, 60, 55, 40), 'undecided: nothing to compare (0 ÷ 0)');
  const pulled = (await lines(made(0, 50, [61, 55, 40])))[5];
  assert.match(
    pulled!,
    'oci-zstd 100.00 MB; per-file 50.00 MB; catar 50.00 MB; 16 layers 61.00 MB',
  );
});

test('one image is no series', async () => {
  assert.match((await lines({ ...made(0, 50, [50, 50, 50]), images: ['a'] }))[0]!, 'undecided');
});

test.run();
