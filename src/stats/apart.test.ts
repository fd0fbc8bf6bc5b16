import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  differenceIn,
  floorOf,
  holm,
  pairsOf,
  rankSumTest,
  roundsToCompare,
  seeded,
  signFlipTest,
  toldApart,
} from './mod.ts';

test('a rank-sum test counts the choices of ranks, worked by hand', () => {
  assert.is(rankSumTest([], [1]), undefined);
  assert.is(rankSumTest([1, 2, 3], [4, 5, 6]), 2 / 20);
  assert.is(rankSumTest([4, 5, 6, 7, 8, 9, 10], [1, 2, 3, 3.1, 3.2, 3.3, 3.4]), 2 / 3432);
  // Sums of two of the ranks 1 to 4: 3, 4, 5, 5, 6, 7; 1 + 3 is as far from the middle as 2 + 4.
  assert.is(rankSumTest([1, 3], [2, 4]), 4 / 6);
  assert.is(rankSumTest([5, 5], [5, 5]), 1);
  // Ranks 1, 2.5, 2.5, 4: of the sums 3.5, 3.5, 5, 5, 6.5, 6.5 two are as low, and two as high.
  assert.is(rankSumTest([1, 2], [2, 3]), 4 / 6);
});

test('a permutation test counts the choices of signs, worked by hand', () => {
  assert.is(signFlipTest([]), undefined);
  assert.is(signFlipTest([0, 0]), 1);
  // All seven on one side: two choices of 128 reach as far.
  assert.is(signFlipTest([1, 2, 3, 4, 5, 6, 7]), 2 / 128);
  // 1 + 2 − 3 + 4 = 4: sums of at least 4 are 10, 8, 6 and 4 twice.
  assert.is(signFlipTest([1, 2, -3, 4]), (2 * 5) / 16);
  assert.is(signFlipTest([-1, -2, 3, -4]), (2 * 5) / 16);
});

test('the sums of halves count what a plain enumeration counts', () => {
  const random = seeded(7);
  for (let length = 1; length <= 12; length++) {
    // Few values: ties, whose sums differ in their last digits.
    const values = Array.from({ length }, () => (Math.floor(random() * 7) - 2) / 10);
    const sumOf = (choice: number): number =>
      values.reduce((sum, one, bit) => sum + ((choice >> bit) & 1 ? -one : one), 0);
    const least = Math.abs(sumOf(0)) - 1e-9;
    const choices = Array.from({ length: 2 ** length }, (_, choice) => Math.abs(sumOf(choice)));
    assert.is(signFlipTest(values), choices.filter((sum) => sum >= least).length / 2 ** length);
  }
});

test('beyond 32 differences choices are drawn, the same ones each time', () => {
  const random = seeded(3);
  const values = Array.from({ length: 40 }, () => random() - 0.4);
  const drawn = signFlipTest(values)!;
  assert.is(signFlipTest(values), drawn);
  // 31 of 32 are exact; the estimate of a normal distribution is near to both.
  const exact = signFlipTest(values.slice(0, 32))!;
  for (const [p, own] of [
    [drawn, values],
    [exact, values.slice(0, 32)],
  ] as const) {
    const z = Math.abs(own.reduce((a, b) => a + b)) / Math.hypot(...own);
    assert.ok(Math.abs(p - 2 * (1 - normal(z))) < 0.02, `${p}, z = ${z}`);
  }
});

/** Distribution function (Abramowitz and Stegun 26.2.17), z ≥ 0. */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const terms = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const sum = terms.reduce((total, term, power) => total + term * t ** (power + 1), 0);
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}

test('Holm multiplies the least by all, the next by one fewer, and keeps their order', () => {
  assert.equal(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02]);
  assert.equal(holm([0.6, 0.7]), [1, 1]);
  assert.equal(holm([]), []);
});

test('how many rounds it takes until anything can be told', () => {
  // 2 ÷ 2^n times the comparisons is below 5 %.
  assert.equal([1, 3, 10, 28].map(roundsToCompare), [6, 7, 9, 11]);
  assert.equal([1, 2, 5, 8].map(pairsOf), [0, 1, 10, 28]);
});

test('two things are told apart by the test and beyond the floor', () => {
  const [base, tenth] = [
    [10, 12, 11, 13, 10, 9, 10],
    [11, 13.2, 12.1, 14.3, 11, 9.9, 11],
  ];
  assert.ok(Math.abs(differenceIn(base!, tenth!)! - 1 / 11) < 1e-12);
  assert.is(differenceIn(base!, tenth!), differenceIn(tenth!, base!));
  const differ = (floor: number | undefined, ...series: readonly number[][]): boolean =>
    toldApart(series, floor)(1, 0);
  assert.ok(differ(0.05, base!, tenth!));
  assert.not.ok(differ(0.1, base!, tenth!), 'below the floor');
  assert.not.ok(differ(undefined, base!, tenth!), 'no floor is known');
  assert.not.ok(differ(0.05, base!.slice(0, 5), tenth!.slice(0, 5)), 'too few rounds');
  const many = Array.from({ length: 5 }, () => base!);
  assert.not.ok(differ(0.05, base!, tenth!, ...many), 'too many comparisons');
  assert.not.ok(differ(0.05, [], tenth!));
  assert.is(floorOf([10, 10, 20], [10, 20, 10]), 0.5);
  assert.is(floorOf([], []), undefined);
});

test.run();
