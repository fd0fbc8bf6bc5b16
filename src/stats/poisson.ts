import type { Interval } from './sample.ts';

/** Chance of the interval to leave out the true mean on one side. */
const TAIL = 0.025;

/**
 * Where the mean of a Poisson variable lies of which `count` was observed, in at least 95 % of cases (Garwood 1936). It holds as
 * well for a sum of independent indicators, whose spread is smaller.
 */
export function poissonInterval(count: number): Interval {
  return {
    low: count === 0 ? 0 : solve(count, (mean) => 1 - atMost(count - 1, mean) - TAIL),
    high: solve(count, (mean) => TAIL - atMost(count, mean)),
  };
}

/** Where a function that grows with the mean crosses zero. */
function solve(count: number, excess: (mean: number) => number): number {
  let [low, high] = [0, count + 10 * Math.sqrt(count + 1) + 10];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (excess(middle) > 0) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

/** Probability of at most `count` where the mean is `mean`: summed from the largest term down, which is all that counts. */
function atMost(count: number, mean: number): number {
  if (mean === 0) return 1;
  let term = Math.exp(count * Math.log(mean) - mean - logFactorial(count));
  // So far from the mean that no number holds it.
  if (term === 0) return count > mean ? 1 : 0;
  let sum = 0;
  for (let k = count; k >= 0 && (term > 1e-18 * sum || k > mean); k--) {
    sum += term;
    term *= k / mean;
  }
  return Math.min(1, sum);
}

/** By Stirling's series from 20 on: to 1e-13 of its value. */
function logFactorial(n: number): number {
  let shift = 0;
  let x = n + 1;
  while (x < 20) shift += Math.log(x++);
  const series = 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5);
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series - shift;
}
