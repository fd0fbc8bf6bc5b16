import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { claims } from '../../bench/claims/mod.ts';
import { timedFirst } from './claims-asked.ts';

test('datasets whose claims are timed are judged before others, which keep their order', () => {
  const of = (dataset: string) => ({
    dataset: [dataset],
    claims: claims.filter((claim) => claim.datasets.includes(dataset)),
  });
  const judged = ['debian-steps', 'alpine', 'ci-slice', 'edits'].map(of);
  assert.equal(
    timedFirst(judged).map(({ dataset }) => dataset[0]),
    ['ci-slice', 'debian-steps', 'alpine', 'edits'],
  );
});

test.run();
