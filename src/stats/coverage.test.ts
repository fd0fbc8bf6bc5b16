import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { intervalOf, isWithin, seeded } from './mod.ts';

/** How often the interval of the median has the median in it: by simulation, the same samples each time. */

const TRIALS = 4000;

/** Of each a sample of median 1. */
const distributions: Readonly<
  Record<string, (normal: () => number, even: () => number) => number>
> = {
  normal: (normal) => 1 + 0.05 * normal(),
  'log-normal': (normal) => Math.exp(0.3 * normal()),
  // Cauchy's has no mean and no variance.
  'heavy-tailed': (_, even) => 1 + 0.02 * Math.tan(Math.PI * (even() - 0.5)),
  // A machine: even but for one repetition in five that waits.
  'two-sided mixture': (normal, even) =>
    1 + 0.01 * normal() + (even() < 0.2 ? 0.3 * (even() - 0.5) : 0),
};

function sampler(of: string, seed: number): () => number {
  const even = seeded(seed);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - even())) * Math.cos(2 * Math.PI * even());
  return () => distributions[of]!(normal, even);
}

const covers = (samples: readonly number[]): boolean => {
  const { low, high } = intervalOf(samples)!;
  return low <= 1 && high >= 1;
};

for (const of of Object.keys(distributions)) {
  test(`the interval covers the median of ${of} samples in 93 % of cases at least`, () => {
    for (const count of [6, 7, 8, 9, 12, 20, 31]) {
      const sample = sampler(of, count);
      let covered = 0;
      for (let trial = 0; trial < TRIALS; trial++) {
        if (covers(Array.from({ length: count }, sample))) covered++;
      }
      assert.ok(covered >= 0.93 * TRIALS, `n = ${count}: ${covered} of ${TRIALS}`);
    }
  });

  test(`so does that of ${of} samples that ended where it was narrow`, () => {
    for (const least of [7, 9]) {
      const sample = sampler(of, 100 + least);
      let covered = 0;
      for (let trial = 0; trial < TRIALS; trial++) {
        const samples = Array.from({ length: least }, sample);
        while (samples.length < 31 && !isWithin(samples, 0.03)) samples.push(sample());
        if (covers(samples)) covered++;
      }
      assert.ok(covered >= 0.93 * TRIALS, `from ${least} on: ${covered} of ${TRIALS}`);
    }
  });
}

test.run();
