import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { distributionOf, distributionsIn, figuresOf, rangeOfMedians } from './distribution.ts';

test('percentiles are of nearest rank: the third least and the third greatest of 50', () => {
  const values = Array.from({ length: 50 }, (_, index) => 50 - index);
  assert.equal(distributionOf(values), { n: 50, median: 25, p5: 3, p95: 48, worst: 50 });
});

test('of one draw all are this one, of none there is nothing', () => {
  assert.equal(distributionOf([7]), { n: 1, median: 7, p5: 7, p95: 7, worst: 7 });
  assert.is(distributionOf([]), undefined);
});

test('the least and the greatest median are told, one alone once', () => {
  const named = (...medians: readonly number[]) =>
    medians.map((median, place) => [`m${place}`, { median }] as const);
  assert.is(rangeOfMedians(named(3, 1, 2), String), '1 (m1) to 3 (m0)');
  assert.is(rangeOfMedians(named(3), String), '3 (m0)');
});

test('figures lead back to what they are of', () => {
  const [one, other] = [distributionOf([1, 2, 3])!, distributionOf([4])!];
  const figures = [
    ...figuresOf('t2', { of: 'avalanche.factor', edit: 'flip' }, one, 'ratio'),
    ...figuresOf('t2', { of: 'avalanche.factor', edit: 'insert' }, other, 'ratio'),
  ];
  assert.equal(distributionsIn(figures), [
    [{ of: 'avalanche.factor', edit: 'flip' }, one],
    [{ of: 'avalanche.factor', edit: 'insert' }, other],
  ]);
});

test.run();
