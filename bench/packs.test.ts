import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../src/models/mod.ts';
import type { Records } from './experiment.ts';
import { madeRecords } from './made-records.ts';
import { packs } from './packs.ts';
import { textsOf } from './verdict.ts';

const models = resolveModels(packs.packed);

/** Two images of 10 MB; what a cold pull of the second takes beside its chunks, and in how many packs. */
function made(fewer: number, coldBytes: number, coldPacks: number): Records {
  return madeRecords({
    images: ['t0', 't1'],
    models,
    number(image, model, measure, client = '-') {
      const isPacked = model.includes('|packs');
      const isWhole = isPacked && model.endsWith('|get');
      const isCold = client === 'none';
      if (measure === 'stored.blobs') return isPacked ? 1000 / fewer : 1000;
      if (measure === 'stored.bytes') return model.includes('|blob') ? 15e6 : 10e6;
      if (measure === 'transfer.network_ms') return 1000;
      if (measure === 'transfer.content_bytes') return isWhole && isCold ? coldBytes : 10e6;
      if (isCold) return 3 + (image === 't0' ? 1 : coldPacks);
      return isPacked ? 500 / fewer : 500;
    },
  });
}

const words = async (records: Records): Promise<readonly string[]> =>
  textsOf(await packs.verdict(records)).map((line) => /\*\*(.*?)\*\*/.exec(line)?.[1] ?? '');

test('the words of the verdict follow the thresholds', async () => {
  const price = 'depends on what the client holds and how it asks';
  assert.equal(await words(made(10, 11e6, 2)), ['confirmed', '', price, 'confirmed']);
  assert.equal(await words(made(9.9, 10.9e6, 1)), ['refuted', '', 'refuted', 'refuted']);
});

test('models are called by what sets them apart', async () => {
  const lines = textsOf(await packs.verdict(made(10, 20e6, 2)));
  assert.match(lines[0]!, 'loose chunks 1000 · 500; packs of 4MiB by range 100 · 50; packs of');
  assert.match(lines[2]!, 'packs of 64MiB by get +0.0 % · +100.0 %; one blob by range +0.0 %');
  assert.match(lines[3]!, 'packs of 4MiB 1 · 2 packs, 20.0 MB · 20.0 MB; by range 1 · 2 ranges');
  assert.match(lines[3]!, 'stores 50.0 % more than loose chunks');
});

test.run();
