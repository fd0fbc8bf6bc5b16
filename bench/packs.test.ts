import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../src/models/mod.ts';
import { madeRecords, toldOf } from './made-records.ts';
import { packs } from './packs.ts';
import type { Records } from './records.ts';
import { textsOf } from './verdict.ts';

const models = resolveModels(packs.packed);

/** Four images of 10 MB; what a cold pull of the last takes beside its chunks, and in how many packs. */
function made(fewer: number, coldBytes: number, coldPacks: number): Records {
  return madeRecords({
    images: ['t0', 't1', 't2', 't3'],
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
  textsOf(await packs.verdict(records))
    .slice(0, 2)
    .map((line) => /\*\*(.*?)\*\*/.exec(line)?.[1] ?? '');

test('the claims are decided by the engine', async () => {
  assert.equal(await words(made(11, 11e6, 2)), ['confirmed', 'refuted']);
  assert.equal(await words(made(9, 11e6, 2)), ['refuted', 'refuted']);
});

test('models are called by what sets them apart', async () => {
  const findings = await packs.verdict(made(10, 20e6, 2));
  const [, , blobs, , cold, packsTouched, stored] = findings;
  assert.match(blobs!.text, 'Blobs of 4 images: 1,000 loose, 100 packs.');
  assert.match(blobs!.text, 'client with the previous image): 500 for 50.');
  assert.match(
    cold!.text,
    'cold pull of t3 beside the chunks themselves: +0.0 … +100.0 % (8 ways)',
  );
  const excess = toldOf(cold!.figures);
  assert.ok(
    excess.includes('t3, of cold pull, beyond the chunks, model packs of 64 MiB by get: 1'),
  );
  assert.match(packsTouched!.text, 'from t0 to t3: 1 → 2 of 4 MiB; ');
  assert.ok(toldOf(packsTouched!.figures).includes('t3, of ranges of them, packs 4 MiB: 2'));
  assert.match(stored!.text, 'stores 50.0 % more than loose chunks');
});

test.run();
