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
    images: ['a', 'b', 'c', 'd'],
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

test('the claim is decided by the engine, by what each update transfers', async () => {
  const word = async (records: Records): Promise<string> => {
    const [found] = await stream.verdict(records);
    return found!.text.slice(found!.statement!.length + 2).replaceAll('**', '');
  };
  assert.match(await word(made(() => 0.9, 2)), /^confirmed\. 0\.90, bar at most 0\.95, n = 3/);
  assert.match(await word(made(() => 0.94, 2)), /^too close/);
  assert.match(await word(made(() => 0.99, 2)), /^refuted/);
  const large = (model: string): number => (model.includes('avg=64KiB') ? 0.9 : 1);
  assert.match(
    await word(made(large, 1)),
    /^depends on the average chunk, met above \d+ KiB \(between \d+ and \d+ KiB\) in all 3 updates/,
  );
});

test('bytes are compared at means that both reach, never beyond', async () => {
  const lines = textsOf(await stream.verdict(made(() => 0.97, 1024)));
  assert.match(lines[3]!, 'no mean is reached by both');
  const reached = (await stream.verdict(made(() => 0.97, 4)))[3]!;
  assert.match(reached.text, 'at 5 means of files on d, 4 KiB … 64 KiB: -3.0 % beside');
  assert.is(toldOf(reached.figures)[0], 'd, of stream ÷ files, mean 4 KiB: 0.97');
});

test.run();
