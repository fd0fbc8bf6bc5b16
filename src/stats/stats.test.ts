import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  bootstrapMedian,
  breakEven,
  efficiency,
  karpFlatt,
  median,
  medianAbsoluteDeviation,
  paretoFront,
  percentile,
  seeded,
  shuffled,
  speedUp,
} from './mod.ts';

test('median and spread', () => {
  assert.is(median([3, 1, 2]), 2);
  assert.is(median([4, 1, 2, 3]), 2.5);
  assert.is(medianAbsoluteDeviation([1, 1, 2, 2, 4, 6, 9]), 1);
  assert.throws(() => median([]), /of nothing/);
});

test('percentiles are values that occur', () => {
  const values = [15, 20, 35, 40, 50];
  assert.is(percentile(values, 0.05), 15);
  assert.is(percentile(values, 0.3), 20);
  assert.is(percentile(values, 0.4), 20);
  assert.is(percentile(values, 1), 50);
});

test('the bootstrap interval is the same each time and inside the sample', () => {
  const sample = [10, 11, 12, 13, 40];
  const interval = bootstrapMedian(sample);
  assert.equal(bootstrapMedian(sample), interval);
  assert.ok(interval.low >= 10 && interval.low <= 12 && interval.high >= 12 && interval.high <= 40);
  assert.equal(bootstrapMedian([7]), { low: 7, high: 7 });
});

test('scaling, worked by hand', () => {
  assert.is(speedUp(100, 150), 1.5);
  assert.is(efficiency(1.5, 2), 0.75);
  assert.is(karpFlatt(2, 2), 0);
  assert.is(karpFlatt(1, 4), 1);
  assert.ok(Math.abs(karpFlatt(1.6, 2) - 0.25) < 1e-12);
});

test('break-even counts versions from one', () => {
  assert.is(breakEven([10, 12, 14], [9, 18, 27]), 2);
  assert.is(breakEven([8], [9]), 1);
  assert.is(breakEven([10, 20], [9, 18]), undefined);
  assert.is(breakEven([9, 18], [9, 18]), undefined);
});

test('the Pareto front keeps what nothing beats, ties included', () => {
  const points = [
    [1, 9],
    [2, 5],
    [3, 5],
    [4, 1],
    [4, 1],
    [9, 9],
  ] as const;
  const front = paretoFront(
    points,
    ([x]) => x,
    ([, y]) => y,
  );
  assert.equal(front, [
    [1, 9],
    [2, 5],
    [4, 1],
    [4, 1],
  ]);
});

test('shuffling is seeded and loses nothing', () => {
  const items = Array.from({ length: 100 }, (_, n) => n);
  assert.equal(shuffled(items, 1), shuffled(items, 1));
  assert.not.equal(shuffled(items, 1), shuffled(items, 2));
  assert.equal(
    shuffled(items, 1).toSorted((a, b) => a - b),
    items,
  );
  const random = seeded(5);
  assert.ok(Array.from({ length: 100 }, random).every((value) => value >= 0 && value < 1));
});

test.run();
