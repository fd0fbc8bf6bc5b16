import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../src/models/mod.ts';
import { alignment } from './alignment.ts';
import { madeRecords, toldOf } from './made-records.ts';

const models = resolveModels(alignment.swept);
const isOnBlocks = (model: string): boolean => model.includes('align=4KiB');

/** Of 1000 bytes, 300 can be shared with a store without cuts on blocks, and all with them, which add `more` to each update. */
function records(more: readonly number[], shared = 300) {
  const images = ['t0', ...more.map((_, number) => `t${number + 1}`)];
  return madeRecords({
    images,
    models,
    number(image, model, measure) {
      const step = images.indexOf(image) - 1;
      if (measure === 'dedup.store_reflinkable_bytes') return isOnBlocks(model) ? 1000 : shared;
      if (measure === 'dedup.new_bytes') return 100 + (isOnBlocks(model) ? (more[step] ?? 0) : 0);
      return 1000;
    },
  });
}

const verdicts = async (...given: Parameters<typeof records>) =>
  (await alignment.verdict(records(...given))).map(({ verdict }) => verdict);

test('most bytes not without, nearly all with cuts on blocks', async () => {
  assert.equal((await verdicts([9, 9, 9])).slice(0, 2), ['confirmed', 'confirmed']);
  assert.equal((await verdicts([9, 9, 9], 700)).slice(0, 2), ['refuted', 'confirmed']);
  assert.equal((await verdicts([9, 9, 9], 500)).slice(0, 2), ['too close', 'confirmed']);
});

test('what rounding costs is told of every update, and too close where one of them decides it', async () => {
  assert.is((await verdicts([9, 10, 11]))[2], 'confirmed');
  assert.is((await verdicts([1, 0, 2]))[2], 'refuted');
  assert.is((await verdicts([9, 0, 9]))[2], 'too close');
  const [, , cost] = await alignment.verdict(records([9, 10, 11]));
  assert.is(cost!.cases.length, 3 * 12);
  assert.match(toldOf(cost!.cases)[0]!, /serialiser files, chunker fastcdc:avg=16KiB: 0\.09/);
});

test.run();
