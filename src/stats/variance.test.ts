import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { seeded } from './random.ts';
import { type Observation, varianceShares } from './variance.ts';

/** Breaks of yarn by wool and tension: Tippett, Technological Applications of Statistics, 1950; data set `warpbreaks` of R. */
const BREAKS: Readonly<Record<string, readonly number[]>> = {
  'A L': [26, 30, 54, 25, 70, 52, 51, 26, 67],
  'A M': [18, 21, 29, 17, 12, 18, 35, 30, 36],
  'A H': [36, 21, 24, 18, 10, 43, 28, 15, 26],
  'B L': [27, 14, 29, 19, 29, 31, 41, 20, 44],
  'B M': [42, 26, 19, 16, 39, 28, 21, 39, 29],
  'B H': [20, 21, 24, 17, 13, 15, 15, 16, 28],
};
const yarn: readonly Observation[] = Object.entries(BREAKS).flatMap(([levels, values]) =>
  values.map((value) => ({ levels: levels.split(' '), value })),
);

test('sums of squares of a balanced design are those that R prints for warpbreaks', () => {
  // summary(aov(breaks ~ wool * tension)): 451, 2034, 1003, residuals 5745.
  const [wool, tension, both, residuals] = [451, 2034, 1003, 5745];
  const total = wool + tension + both + residuals;
  const { factors, main, withPairs, interactions } = varianceShares(yarn);
  const near = (share: number | undefined, squares: number): boolean =>
    Math.abs(share! * total - squares) < 1;
  assert.ok(near(factors[0], wool));
  assert.ok(near(factors[1], tension));
  assert.ok(near(main, wool + tension));
  assert.ok(near(withPairs, wool + tension + both));
  assert.is(interactions.length, 1);
  assert.ok(near(interactions[0]!.share, both));
  // Half of 44.56 − 28.22, the cell means at L, less half of what A has of B in the mean: 8.17 − 2.89.
  assert.ok(Math.abs(Math.abs(interactions[0]!.strongest.difference) - 5.28) < 0.01);
  assert.is(interactions[0]!.strongest.observations, 9);
});

/** Explained sum of squares by setting the means of one term after the other to those of the residuals, until none moves. */
function explainedBy(
  observations: readonly Observation[],
  terms: readonly (readonly number[])[],
): number {
  const mean = observations.reduce((sum, { value }) => sum + value, 0) / observations.length;
  const residuals = observations.map(({ value }) => value - mean);
  const total = residuals.reduce((sum, value) => sum + value * value, 0);
  for (let round = 0; round < 3000; round++) {
    for (const factors of terms) {
      const groups = new Map<string, number[]>();
      for (const [row, { levels }] of observations.entries()) {
        const key = factors.map((factor) => levels[factor]).join(' ');
        groups.set(key, [...(groups.get(key) ?? []), row]);
      }
      for (const rows of groups.values()) {
        const own = rows.reduce((sum, row) => sum + residuals[row]!, 0) / rows.length;
        for (const row of rows) residuals[row]! -= own;
      }
    }
  }
  return total - residuals.reduce((sum, value) => sum + value * value, 0);
}

test('shares of an unbalanced design with combinations that are missing are those of another algorithm', () => {
  const random = seeded(5);
  const all = Array.from({ length: 70 }, (): Observation => {
    const levels = [3, 4, 2].map((count) => String(Math.floor(random() * count)));
    const together = levels[0] === '1' && levels[2] === '1' ? 3 : 0;
    return { levels, value: Number(levels[1]) + together + random() };
  });
  // A level of the third factor goes with one level of the first alone.
  const design = all.filter(({ levels }) => levels[2] === '0' || levels[0] !== '0');
  const found = varianceShares(design);
  const mean = design.reduce((sum, { value }) => sum + value, 0) / design.length;
  const total = design.reduce((sum, { value }) => sum + (value - mean) ** 2, 0);
  const main = explainedBy(design, [[0], [1], [2]]);
  const near = (share: number | undefined, squares: number): void =>
    assert.ok(Math.abs(share! - squares / total) < 1e-6, `${share} ${squares / total}`);
  near(found.main, main);
  near(found.factors[0], main - explainedBy(design, [[1], [2]]));
  near(found.factors[1], main - explainedBy(design, [[0], [2]]));
  near(found.factors[2], main - explainedBy(design, [[0], [1]]));
  const largest = found.interactions[0]!;
  assert.equal(largest.pair, [0, 2]);
  near(largest.share, explainedBy(design, [[0], [1], [2], [0, 2]]) - main);
  const pairs = [
    [0, 1],
    [0, 2],
    [1, 2],
  ];
  near(found.withPairs, explainedBy(design, [[0], [1], [2], ...pairs]));
});

test('where nothing varies there are no shares, and one level explains nothing', () => {
  const same = yarn.map(({ levels }) => ({ levels, value: 2 }));
  assert.equal(varianceShares(same).factors, [undefined, undefined]);
  assert.is(varianceShares([]).main, undefined);
  const single = yarn.map(({ levels, value }) => ({ levels: [...levels, 'only'], value }));
  assert.is(varianceShares(single).factors[2], 0);
});

test.run();
