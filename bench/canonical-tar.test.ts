import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { aliasOf, resolveModels } from '../src/models/mod.ts';
import { canonicalTar } from './canonical-tar.ts';
import { madeRecords, toldOf } from './made-records.ts';
import type { Records } from './records.ts';
import { textsOf } from './verdict.ts';

const models = resolveModels(canonicalTar.packed);

/** The tar measures as given, oci-gzip 1, each of the others 100. */
function made(tar: (measure: string) => number): Records {
  return madeRecords({
    images: ['t0', 't1', 't2'],
    models,
    number(_image, model, measure) {
      const alias = aliasOf(model);
      if (alias === 'composefs-chunked') return tar(measure);
      return alias === 'oci-gzip' ? 1 : 100;
    },
  });
}

test('the word follows the threshold in every respect; the baseline does not count', async () => {
  const word = async (tar: (measure: string) => number): Promise<string> =>
    /\*\*(.*?)\*\*/.exec(textsOf(await canonicalTar.verdict(made(tar)))[0]!)![1]!;
  assert.is(await word(() => 110), 'confirmed');
  assert.is(await word(() => 111), 'refuted');
  assert.is(await word((measure) => (measure === 'disk.bytes' ? 111 : 50)), 'depends on the goal');
});

test('what is met and what is not is named, with numbers', async () => {
  const findings = await canonicalTar.verdict(
    made((measure) => (measure === 'transfer.requests' ? 300 : 50)),
  );
  const lines = textsOf(findings);
  assert.match(lines[0]!, 'Not met: requests an update (mean). 3 images, 2 updates.');
  assert.equal(toldOf(findings[0]!.cases).slice(2, 4), [
    `series, of stored, best ${resolveModels(['per-file'])}: 0.5`,
    `series, of requests an update (mean), best ${resolveModels(['per-file'])}: 3`,
  ]);
  assert.match(
    lines[4]!,
    'requests an update (mean): composefs-chunked 300, 3.00 × that of per-file; per-file 100;',
  );
  assert.match(lines[4]!, 'oci-gzip 1.');
});

test.run();
