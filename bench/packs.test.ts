import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../src/models/mod.ts';
import { madeRecords, toldOf } from './made-records.ts';
import { packs } from './packs.ts';
import type { Records } from './records.ts';
import { textsOf } from './verdict.ts';

const models = resolveModels(packs.packed);

/** Three images of 10 MB; what a cold pull of the last takes beside its chunks, and in how many packs. */
function made(fewer: number, coldBytes: number, coldPacks: number): Records {
  return madeRecords({
    images: ['t0', 't1', 't2'],
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
  assert.equal(await words(made(10, 11e6, 2)), ['confirmed', '', price, 'confirmed', '']);
  assert.equal(await words(made(9.9, 10.9e6, 1)), ['refuted', '', 'refuted', 'refuted', '']);
});

test('models are called by what sets them apart', async () => {
  const findings = await packs.verdict(made(10, 20e6, 2));
  const lines = textsOf(findings);
  assert.match(lines[0]!, 'Blobs of 3 images: 1,000 loose, 100 packs.');
  assert.match(lines[0]!, 'client with the previous image): 500 for 50.');
  assert.equal(toldOf(findings[0]!.cases).slice(0, 2), [
    'series, of fewer blobs, model packs of 4 MiB by range: 10',
    'series, of fewer requests, model packs of 4 MiB by range: 10',
  ]);
  assert.match(lines[2]!, 'previous image): +0.0 %; cold pull of t2: +0.0 … +100.0 % (8 ways)');
  const excess = toldOf(findings[2]!.cases);
  assert.ok(excess.includes('t2, of cold pull, model packs of 64 MiB by get: 1'));
  assert.ok(excess.includes('series, of update (mean), model one blob by range: 0'));
  assert.match(lines[3]!, 'Packs from t0 to t2: 1 → 2 of 4 MiB; ');
  assert.ok(toldOf(findings[3]!.figures).includes('t2, of ranges of them, packs 4 MiB: 2'));
  assert.match(lines[4]!, 'stores 50.0 % more than loose chunks');
});

test.run();
