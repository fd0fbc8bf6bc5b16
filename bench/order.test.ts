import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../src/models/mod.ts';
import { madeRecords } from './made-records.ts';
import { order } from './order.ts';
import type { Records } from './records.ts';
import { textsOf } from './verdict.ts';

const models = resolveModels(order.swept);

/** Series and update of `megabytes` in any order but breadth-first, which has its own. */
function made(megabytes: number, breadthFirst: (model: string) => number): Records {
  return madeRecords({
    images: ['a', 'b'],
    models,
    number: (_, model, measure) =>
      measure === 'dedup.objects'
        ? 1000
        : 1e6 * (model.includes('breadth-first') ? breadthFirst(model) : megabytes),
  });
}

async function words(records: Records): Promise<readonly string[]> {
  return textsOf(await order.verdict(records)).map((line) => /\*\*(.*?)\*\*/.exec(line)![1]!);
}

test('breadth-first must be the least, and a difference must be large to matter', async () => {
  assert.equal(await words(made(100, () => 90)), ['confirmed', 'confirmed', 'confirmed']);
  assert.equal(await words(made(100, () => 99)), ['confirmed', 'refuted', 'refuted']);
  assert.equal(await words(made(100, () => 101)), ['refuted', 'refuted', 'refuted']);
  const large = (model: string): number => (model.includes('avg=256KiB') ? 110 : 99);
  assert.equal(await words(made(100, large)), [
    'depends on the chunk size',
    'depends on the chunk size',
    'depends on the update and the chunk size',
  ]);
});

test('the fewest is fewer than any other', async () => {
  const alike = (model: string): boolean => /order=(breadth-first|lexicographic)/.test(model);
  const records = madeRecords({
    images: ['a', 'b'],
    models,
    number: (_, model) => (alike(model) ? 90 : 100),
  });
  assert.is((await words(records))[0], 'refuted');
});

test('orders with equal bytes do not matter, and none of them is the best', async () => {
  const [best, series] = await order.verdict(made(100, () => 100));
  assert.match(best!.text, '**undecided: nothing to win**');
  assert.match(series!.text, '**refuted**. The most beside the least, 2 images, chunks of 4 KiB,');
  assert.match(series!.text, ': +0.0 %.');
  assert.match(
    textsOf(await order.verdict({ ...made(1, () => 1), images: ['a'] }))[0]!,
    'undecided',
  );
});

test.run();
