import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cutterOf } from '../src/measures/clients.ts';
import { resolveModels } from '../src/models/mod.ts';
import { madeRecords } from './made-records.ts';
import { parameters } from './parameters.ts';

const models = resolveModels(parameters.swept);

/** Equal parameters share 1000 bytes, others so many in each update. */
function records(others: readonly number[], equal = 1000) {
  const images = ['t0', ...others.map((_, number) => `t${number + 1}`)];
  return madeRecords({
    images,
    models,
    number(image, model, _measure, client = '-') {
      const isEqual = model.split('|')[1] === cutterOf(client);
      return isEqual ? equal : others[images.indexOf(image) - 1]!;
    },
  });
}

const first = async (...given: Parameters<typeof records>) =>
  (await parameters.verdict(records(...given)))[0]!;

test('sharing is destroyed where less than half of it is left, by each deviation', async () => {
  const finding = await first([100, 200, 300]);
  assert.is(finding.verdict, 'confirmed');
  assert.is(finding.cases.length, 3 * 20);
  assert.equal([...new Set(finding.cases.map(({ value }) => value))], [0.1, 0.2, 0.3]);
  assert.match(
    finding.text,
    /\*\*confirmed\*\*\. 20\.0 % \(10\.0 % … 30\.0 %\), bar at most 50\.0 %/,
  );
  assert.is((await first([900, 800, 700])).verdict, 'refuted');
});

test('one update that decides alone is too close, and few or nothing decide nothing', async () => {
  assert.is((await first([400, 1000, 400])).verdict, 'too close');
  assert.is((await first([400, 400])).verdict, 'undecided: n = 2 steps, at least 3 would decide');
  assert.is((await first([0, 0, 0], 0)).verdict, 'undecided: nothing to compare (0 ÷ 0)');
});

test('no set is measured twice, and each deviates from the standard', () => {
  assert.is(new Set(models).size, 22);
});

test.run();
