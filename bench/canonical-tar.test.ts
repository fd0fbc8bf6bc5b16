import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { aliasOf, resolveModels } from '../src/models/mod.ts';
import { canonicalTar } from './canonical-tar.ts';
import { madeRecords } from './made-records.ts';
import type { Records } from './records.ts';
import { textsOf } from './verdict.ts';

const models = resolveModels(canonicalTar.packed);

/** The tar measures as given, oci-gzip 1, each of the others 100. */
function made(tar: (measure: string) => number): Records {
  return madeRecords({
    images: ['t0', 't1', 't2', 't3'],
    models,
    number(_image, model, measure) {
      const alias = aliasOf(model);
      if (alias === 'composefs-chunked') return tar(measure);
      return alias === 'oci-gzip' ? 1 : 100;
    },
  });
}

test('the word is the engine’s; the baseline does not count', async () => {
  const word = async (tar: (measure: string) => number): Promise<string> =>
    /\*\*(.*?)\*\*/.exec(textsOf(await canonicalTar.verdict(made(tar)))[0]!)![1]!;
  assert.is(await word(() => 100), 'confirmed');
  assert.is(await word(() => 120), 'refuted');
  assert.is(await word((measure) => (measure === 'disk.bytes' ? 120 : 50)), 'refuted');
});

test('each goal has its numbers', async () => {
  const lines = textsOf(
    await canonicalTar.verdict(made((measure) => (measure === 'transfer.requests' ? 300 : 50))),
  );
  assert.match(
    lines[5]!,
    'requests an update (mean): composefs-chunked 300, 3.00 × that of per-file; per-file 100;',
  );
  assert.match(lines[5]!, 'oci-gzip 1.');
});

test.run();
