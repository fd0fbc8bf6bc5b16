import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  areSettled,
  breakEven,
  change,
  divide,
  efficiency,
  intervalName,
  intervalOf,
  isWithin,
  karpFlatt,
  lastingBreakEven,
  mean,
  median,
  medianAbsoluteDeviation,
  paretoFront,
  percentiles,
  remainder,
  seeded,
  shuffled,
  speedUp,
} from './mod.ts';

test('median and spread', () => {
  assert.is(median([3, 1, 2]), 2);
  assert.is(median([4, 1, 2, 3]), 2.5);
  assert.is(medianAbsoluteDeviation([1, 1, 2, 2, 4, 6, 9]), 1);
});

test('broken even has who stays below, first or not', () => {
  const base = [30, 60, 90];
  assert.equal(
    [
      [40, 50, 60],
      [20, 60, 95],
      [20, 65, 75],
      [30, 60, 90],
    ].map((own) => [breakEven(own, base), lastingBreakEven(own, base)]),
    [
      [2, 2],
      [1, undefined],
      [1, 3],
      [undefined, undefined],
    ],
  );
});

test('percentiles are values that occur', () => {
  const values = [15, 20, 35, 40, 50];
  assert.equal(percentiles(values, [0.05, 0.3, 0.4, 1]), [15, 20, 20, 50]);
});

test('of nothing there is no number, and nothing divided by nothing is none', () => {
  for (const none of [
    median([]),
    medianAbsoluteDeviation([]),
    percentiles([], [0.5])[0],
    intervalOf([]),
    mean([]),
    mean([1, undefined]),
    divide(0, 0),
    divide(5, 0),
    divide(undefined, 1),
    divide(1, undefined),
    divide(1e300, 1e-300),
    divide(Number.NaN, 1),
    change(0, 0),
    remainder(0, 0),
    speedUp(0, 5),
    efficiency(undefined, 2),
    karpFlatt(0, 2),
    karpFlatt(undefined, 2),
  ]) {
    assert.is(none, undefined);
  }
  assert.is(divide(6, 3), 2);
  assert.is(change(3, 2), 0.5);
  assert.is(remainder(1, 4), 0.75);
  assert.is(mean([1, 2]), 1.5);
  assert.ok(Object.is(divide(0, -5), 0), 'no zero has a sign');
});

test('below six samples the interval is their range, and is called so', () => {
  const samples = [12, 10, 40, 11, 13];
  for (let n = 1; n <= 5; n++) {
    const own = samples.slice(0, n);
    assert.equal(intervalOf(own), { low: Math.min(...own), high: Math.max(...own) });
    assert.is(intervalName(n), `range of ${n}`);
  }
  assert.is(intervalName(6), '95 % interval');
});

test('from six samples on the interval leaves out what 5 % allows', () => {
  const upTo = (n: number) => Array.from({ length: n }, (_, index) => n - index);
  const ends = (n: number) => Object.values(intervalOf(upTo(n))!);
  // 1 − 2 × (1 + 9) ÷ 512 = 96.1 %; of eight it would be 93.0 %. Ranks for 20 and 31 as in tables of the sign test.
  assert.equal([6, 7, 8, 9, 20, 31].map(ends), [
    [1, 6],
    [1, 7],
    [1, 8],
    [2, 8],
    [6, 15],
    [10, 22],
  ]);
  assert.ok(isWithin([97, 98, 100, 100, 102, 103], 0.03));
  assert.not.ok(isWithin([97, 98, 100, 100, 102, 104], 0.03));
  assert.not.ok(isWithin([100, 100, 100, 100, 100], 0.03), 'five have no such interval');
});

test('scaling, worked by hand', () => {
  assert.is(speedUp(100, 150), 1.5);
  assert.is(efficiency(1.5, 2), 0.75);
  assert.is(karpFlatt(2, 2), 0);
  assert.is(karpFlatt(1, 4), 1);
  assert.ok(Math.abs(karpFlatt(1.6, 2)! - 0.25) < 1e-12);
  assert.throws(() => karpFlatt(1, 1), /two workers/);
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

test('where differences in the second value may not count, the front has whom no other beats for sure', () => {
  const random = seeded(11);
  for (let round = 0; round < 60; round++) {
    const items = Array.from({ length: 30 }, () => ({
      x: Math.floor(random() * 6),
      steps: [0, 1, 2].map(() => Math.floor(random() * 6)),
    }));
    const y = ({ steps }: { readonly steps: readonly number[] }): number => mean(steps)!;
    const front = paretoFront(
      items,
      ({ x }) => x,
      y,
      (one, other) => areSettled(one.steps, other.steps),
    );
    assert.ok(front.length > 0);
    for (const item of items) {
      const notWorse = items.filter((other) => other.x <= item.x && y(other) <= y(item));
      const isBeaten = notWorse.some(
        (other) => other.x < item.x || (y(other) < y(item) && areSettled(other.steps, item.steps)),
      );
      assert.is(front.includes(item), !isBeaten);
      // Worse in both, and distinctly so in one, is off the front.
      if (notWorse.some((other) => other.x < item.x && y(other) < y(item))) {
        assert.not.ok(front.includes(item));
      }
    }
  }
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
