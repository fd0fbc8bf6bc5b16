import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../src/models/mod.ts';
import { familyOf } from '../src/report/models.ts';
import { madeRecords, toldOf } from './made-records.ts';
import type { Records } from './records.ts';
import { stream } from './stream.ts';
import { textsOf } from './verdict.ts';

const models = resolveModels([...stream.swept, ...stream.packed]);

/** Bytes of one stream over those of files, and the mean of files over that of a stream at one average. */
function made(ratio: (model: string) => number, shorter: number): Records {
  return madeRecords({
    images: ['a', 'b'],
    models,
    number(_, model, measure) {
      const average = familyOf(model).average!;
      const isStream = model.startsWith('stream');
      if (measure.startsWith('chunks.')) return isStream ? average : average / shorter;
      if (measure === 'dedup.objects') return 1000;
      return 100e6 * (isStream ? ratio(model) : 1);
    },
  });
}

async function words(records: Records): Promise<readonly (string | undefined)[]> {
  return textsOf(await stream.verdict(records)).map((line) => /\*\*(.*?)\*\*/.exec(line)?.[1]);
}

test('one stream must be smaller by more than what is called none', async () => {
  const all = (word: string): readonly (string | undefined)[] => [word, word, word, undefined];
  assert.equal(await words(made(() => 0.97, 2)), all('confirmed'));
  assert.equal(await words(made(() => 0.99, 2)), all('refuted'));
  const large = (model: string): number => (model.includes('avg=64KiB') ? 0.9 : 1);
  assert.equal(await words(made(large, 1)), [
    'depends on the chunk size',
    'depends on the update and the chunk size',
    'depends on the mean',
    undefined,
  ]);
});

test('bytes are compared at means that both reach, never beyond', async () => {
  const lines = textsOf(await stream.verdict(made(() => 0.97, 1024)));
  assert.match(lines[2]!, 'undecided: no mean is reached by both');
  const reached = (await stream.verdict(made(() => 0.97, 4)))[2]!;
  assert.match(reached.text, 'at 5 means of files on b, 4 KiB … 64 KiB: -3.0 % beside');
  assert.is(toldOf(reached.cases)[0], 'b, of stream ÷ files, mean 4 KiB: 0.97');
});

test.run();
