import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../src/models/mod.ts';
import { compressedInput } from './compressed-input.ts';
import { madeRecords, toldOf } from './made-records.ts';
import type { Records } from './records.ts';
import { textsOf } from './verdict.ts';

const models = resolveModels(compressedInput.packed);

/** Archives of 10 MB of which this share is known from before. */
function made(share: (model: string) => number, skip = 'nothing'): Records {
  return madeRecords({
    images: ['t0', 't1', 't2', 't3'],
    models,
    skipped: (model) => (model.includes(skip) ? 'it is not installed' : undefined),
    number(_image, model, measure) {
      if (model.includes(skip)) throw new Error('a skipped model was read');
      return measure === 'dedup.stream_bytes' ? 10e6 : 10e6 * (1 - share(model));
    },
  });
}

const word = async (records: Records): Promise<string> =>
  /\*\*(.*?)\*\*/.exec(textsOf(await compressedInput.verdict(records))[0]!)?.[1] ?? '';

test('the words of the verdict are the engine’s', async () => {
  const tar = (model: string): boolean => model.includes('of=tar');
  assert.is(await word(made((model) => (tar(model) ? 0.9 : 0.02))), 'confirmed');
  assert.is(await word(made(() => 0.08)), 'refuted');
  // What shares nothing uncompressed says nothing of compression.
  assert.match(
    textsOf(await compressedInput.verdict(made(() => 0.03)))[0]!,
    'undecided: nothing to compare',
  );
  const some = made((model) => (tar(model) ? 0.8 : model.includes('rsyncable') ? 0.4 : 0));
  assert.is(await word(some), 'depends on how it was compressed');
  const [, known, fresh] = await compressedInput.verdict(some);
  assert.match(
    known!.text,
    'Known from the images before in 3 updates, FastCDC of 64 KiB: tar 80.0 %;',
  );
  assert.equal(toldOf(known!.figures).slice(3, 7), [
    't1, archive gzip: 0',
    't2, archive gzip: 0',
    't3, archive gzip: 0',
    't1, archive gzip-rsyncable: 0.4',
  ]);
  assert.match(fresh!.text, 'tar 2.00 MB; gzip 10.00 MB; gzip-rsyncable 6.00 MB');
});

test('what was skipped is said and not read', async () => {
  const lines = textsOf(
    await compressedInput.verdict(
      made((model) => (model.includes('of=tar') ? 0.9 : 0), 'squashfs'),
    ),
  );
  assert.match(lines[0]!, '**confirmed**');
  assert.match(lines.at(-1)!, /squashfs.*was skipped: it is not installed/);
  const one = { ...made(() => 0), images: ['t0'] };
  assert.match(textsOf(await compressedInput.verdict(one))[0]!, 'undecided');
});

test.run();
