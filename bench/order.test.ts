import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../src/models/mod.ts';
import { madeRecords } from './made-records.ts';
import { order } from './order.ts';
import type { Records } from './records.ts';

const models = resolveModels(order.swept);

/** Series and updates of 100 MB in any order but breadth-first, which has its own. */
function made(breadthFirst: (model: string) => number, images = ['a', 'b', 'c', 'd']): Records {
  return madeRecords({
    images,
    models,
    number: (_, model, measure) =>
      measure === 'dedup.objects'
        ? 1000
        : 1e6 * (model.includes('breadth-first') ? breadthFirst(model) : 100),
  });
}

test('the claim is decided by the engine: by 5 % and more, and never by fewer than three updates', async () => {
  const word = async (records: Records): Promise<string> => {
    const [found] = await order.verdict(records);
    return found!.text.slice(found!.statement!.length + 2).replaceAll('**', '');
  };
  assert.match(await word(made(() => 90)), /^confirmed\. 0\.90, bar at most 0\.95, n = 3 updates/);
  assert.match(await word(made(() => 94.5)), /^too close/);
  assert.match(await word(made(() => 100)), /^refuted/);
  const large = (model: string): number => (model.includes('avg=256KiB') ? 110 : 90);
  assert.match(
    await word(made(large)),
    /^depends on the average chunk, met below \d+ KiB \(between \d+ and \d+ KiB\) in all 3 updates/,
  );
  assert.match(await word(made(() => 90, ['a', 'b', 'c'])), /^undecided: n = 2/);
});

test('what an order does to a series, and to updates, is told beside it', async () => {
  const findings = await order.verdict(made(() => 80));
  assert.match(
    findings[1]!.text,
    'Unique bytes of 4 images by the order with the most beside the one with the least: +25.0 % at 4 KiB, 16 KiB, 64 KiB, 256 KiB.',
  );
  assert.match(findings[2]!.text, 'an update adds, 3 updates: +25.0 %');
  assert.is(findings[2]!.figures.length, 3 * models.length);
});

test.run();
