import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { made, plain, unit } from '../testing/claim-cases.ts';
import { type ClaimBar, type ClaimCase, countBar, differenceBar, quotientBar } from './case.ts';
import { type Judgement, judge, LEAST_STEPS } from './judge.ts';

test('beyond the resolution on one side confirms or refutes, and nothing nearer does', () => {
  fc.assert(
    fc.property(
      fc.array(unit, { minLength: LEAST_STEPS, maxLength: 9 }),
      fc.constantFrom('at least' as const, 'at most' as const),
      fc.double({ min: -100, max: 100, noNaN: true }),
      (sizes, side, value) => {
        const bar: ClaimBar = { unit: 'ratio', side, value, resolution: 0.5 };
        const sign = side === 'at least' ? 1 : -1;
        const beyond = (way: number): Judgement =>
          plain(
            made(
              sizes.map((size) => value + sign * way * (0.5 + size)),
              bar,
            ),
          );
        assert.is(beyond(1).word, 'confirmed');
        assert.is(beyond(-1).word, 'refuted');
        assert.ok(beyond(1).margin! >= 0.5);
        const near = sizes.map((size) => value + (0.49 * size) / 1);
        assert.is(plain(made(near, bar)).word, 'too close');
        // One that lies on the bar itself is enough.
        const mixed = [value, ...sizes.map((size) => value + sign * (0.5 + size))];
        assert.is(plain(made(mixed, bar)).word, 'too close');
      },
    ),
  );
});

test('exactly the resolution from the bar is too close', () => {
  assert.is(plain(made([2.25, 2.25, 2.25])).word, 'too close');
  assert.is(plain(made([2.2500001, 3, 3])).word, 'confirmed');
  assert.is(plain(made([1.75, 1, 1])).word, 'too close');
  assert.is(plain(made([1.7499999, 1, 1])).word, 'refuted');
});

test('what is counted is met at the bar itself, and nothing counted is too close', () => {
  const word = (values: readonly number[], bar: ClaimBar): string => plain(made(values, bar)).word;
  assert.is(word([2, 2, 3], countBar('at least', 2)), 'confirmed');
  assert.is(word([1, 1, 1], countBar('at least', 2)), 'refuted');
  assert.is(word([0, 0, 0], countBar('at most', 0)), 'confirmed');
  assert.is(word([1, 1, 1], countBar('at most', 0)), 'refuted');
});

test('no case, 0 ÷ 0 and fewer than three steps decide nothing, and say what would', () => {
  const none = judge([], { axes: [], whyNone: 'an update would decide' });
  assert.equal([none.word, none.where, none.n], ['undecided', 'an update would decide', 0]);
  const zero = plain(made([undefined, Number.NaN, 0 / 0, Number.POSITIVE_INFINITY]));
  assert.equal([zero.word, zero.where], ['undecided', 'nothing to compare (0 ÷ 0)']);
  const two = plain(made([3, 3]));
  assert.equal([two.word, two.where], ['undecided', 'n = 2 steps, at least 3 would decide']);
  // What has no value is no step.
  assert.is(plain(made([3, 3, undefined])).word, 'undecided');
  assert.is(plain(made([3, 3, 3, undefined])).word, 'confirmed');
});

test('what one step decides is too close, what it does not is stable without each', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 12 }), fc.nat(), (steps, drawn) => {
      const odd = drawn % steps;
      const values = Array.from({ length: steps }, (_, place) => (place === odd ? 1 : 3));
      const found = plain(made(values));
      // Without the odd one it is confirmed, without any other the step still tells.
      const word = steps >= 5 ? 'depends' : 'too close';
      assert.is(found.word, word, `${steps} steps`);
      assert.is(found.stability, (steps - 1) / steps);
      for (const [place] of values.entries()) {
        const without = plain(made(values.filter((_, other) => other !== place)));
        if (place === odd && steps > LEAST_STEPS) assert.is(without.word, 'confirmed');
      }
    }),
  );
});

test('nested sums of one series are one observation: what counts and is left out is the series', () => {
  const inSeries = (values: readonly number[], count: number): readonly ClaimCase[] =>
    made(values, undefined, (place) => ({ series: `s${place % count}` }));
  const held = (values: readonly number[], count: number): Judgement =>
    judge(inSeries(values, count), { axes: [], unit: 'series' });
  assert.equal([held([3, 3, 3, 3], 1).word, held([3, 3, 3, 3], 1).n], ['undecided', 1]);
  assert.equal([held([3, 3, 3, 3, 3, 3], 3).word, held([3, 3, 3, 3, 3, 3], 3).n], ['confirmed', 3]);
  // The two images below the bar are of one series, without which all are met.
  assert.is(held([1, 3, 3, 1, 3, 3], 3).word, 'too close');
  assert.is(held([1, 3, 3, 1, 3, 3], 3).stability, 2 / 3);
});

test('updates and releases, and two datasets, are never judged together', () => {
  const [one, ...others] = made([3, 3, 3]);
  assert.throws(() => plain([{ ...one!, kind: 'release' }, ...others]), /judged together/);
  assert.throws(() => plain([{ ...one!, dataset: 'other' }, ...others]), /judged together/);
});

// What an earlier version concluded from figures that do not carry it.
const LESS: ClaimBar = quotientBar('at most', 1);

test('0.19 % fewer bytes are not the least', () => {
  assert.is(plain(made([19.16 / 19.2, 19.16 / 19.2, 19.16 / 19.2], LESS)).word, 'too close');
});

test('one byte more on disk decides nothing', () => {
  assert.is(
    plain(made([1 + 1e-9, 1 + 1e-9, 1 + 1e-9], quotientBar('at least', 1))).word,
    'too close',
  );
});

test('79.46 % against 80 % is too close', () => {
  const bar = quotientBar('at least', 0.8, 'share');
  assert.is(plain(made([0.7946, 0.7946, 0.7946], bar)).word, 'too close');
});

test('differences whose sign changes between updates are not alike', () => {
  const shares = [0.23, 0.09, 0.13, 0.06].map(Math.abs);
  assert.is.not(plain(made(shares, differenceBar('at most', 0.05))).word, 'confirmed');
});

test('a plateau has no best size', () => {
  const costs = [18.41, 18.4, 19.16, 19.38];
  const best = Math.min(...costs);
  // 16 KiB beside the best of the others, on three updates.
  const cases = made(
    [1, 2, 3].map(() => best / 18.41),
    quotientBar('at most', 1),
  );
  assert.is(plain(cases).word, 'too close');
});

test.run();
