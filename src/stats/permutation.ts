import type { Maybe } from './quotient.ts';
import { seeded } from './random.ts';

/** Tests that know nothing of how the samples are distributed. */

/** Up to so many differences every choice of signs is counted: the sums of each half are lists of 65,536 at most. */
const EXACT = 32;
const DRAWS = 20_000;

/**
 * Paired permutation test (Fisher 1935): were it not for chance, each difference could as well have the other sign. Returns
 * the share of all choices of signs whose sum is at least as far from 0, both sides; undefined of no differences.
 */
export function signFlipTest(differences: readonly number[]): Maybe {
  if (differences.length === 0) return undefined;
  const sum = Math.abs(differences.reduce((total, one) => total + one, 0));
  // Sums of the same numbers in another order differ in their last digits.
  const slack = 1e-9 * differences.reduce((total, one) => total + Math.abs(one), 0);
  if (sum <= slack) return 1;
  const least = sum - slack;
  if (differences.length > EXACT) return drawn(differences, least);
  const middle = differences.length >> 1;
  const [left, right] = [
    signedSums(differences.slice(0, middle)),
    signedSums(differences.slice(middle)),
  ];
  let count = 0;
  let reaching = right.length;
  for (const one of left) {
    while (reaching > 0 && one + right[reaching - 1]! >= least) reaching--;
    count += right.length - reaching;
  }
  return (2 * count) / 2 ** differences.length;
}

/** Of all choices of signs, in ascending order. */
function signedSums(values: readonly number[]): Float64Array {
  const sums = new Float64Array(2 ** values.length);
  for (const [index, value] of values.entries()) {
    for (let at = 0; at < 2 ** index; at++) {
      sums[at + 2 ** index] = sums[at]! + value;
      sums[at]! -= value;
    }
  }
  return sums.sort();
}

function drawn(differences: readonly number[], least: number): number {
  const random = seeded(differences.length);
  let count = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    const sum = differences.reduce((total, one) => total + (random() < 0.5 ? one : -one), 0);
    if (Math.abs(sum) >= least) count++;
  }
  // What was observed is a choice of signs as well.
  return (count + 1) / (DRAWS + 1);
}

/**
 * Rank-sum test of two samples that were not taken in pairs (Wilcoxon 1945): were they alike, each choice of as many ranks could
 * as well be those of the first. Returns the share of all choices whose sum is at least as far from the middle, both sides,
 * counted exactly, equal values at their mean rank; undefined where one is empty.
 */
export function rankSumTest(one: readonly number[], other: readonly number[]): Maybe {
  if (one.length === 0 || other.length === 0) return undefined;
  const doubled = doubledRanks([...one, ...other]);
  const sumOf = (ranks: readonly number[]): number => ranks.reduce((sum, rank) => sum + rank, 0);
  const middle = (sumOf(doubled) * one.length) / doubled.length;
  const distance = Math.abs(sumOf(doubled.slice(0, one.length)) - middle);
  const counts = countsOfSums(doubled, one.length);
  let [far, all] = [0, 0];
  for (const [sum, count] of counts) {
    all += count;
    if (Math.abs(sum - middle) >= distance - 1e-9) far += count;
  }
  return far / all;
}

/** Twice the rank of each, so that the mean of two is whole. */
function doubledRanks(values: readonly number[]): readonly number[] {
  return values.map((value) => {
    const below = values.filter((one) => one < value).length;
    const equal = values.filter((one) => one === value).length;
    return 2 * below + equal + 1;
  });
}

/** In how many ways so many of the ranks have each sum. */
function countsOfSums(ranks: readonly number[], chosen: number): ReadonlyMap<number, number> {
  const byCount = Array.from({ length: chosen + 1 }, () => new Map<number, number>());
  byCount[0]!.set(0, 1);
  for (const rank of ranks) {
    for (let count = chosen; count > 0; count--) {
      const into = byCount[count]!;
      for (const [sum, ways] of byCount[count - 1]!) {
        into.set(sum + rank, (into.get(sum + rank) ?? 0) + ways);
      }
    }
  }
  return byCount[chosen]!;
}

/** Probabilities of several tests, so that any of them is below a level by chance in no more than that share of cases (Holm 1979). */
export function holm(probabilities: readonly number[]): readonly number[] {
  const order = probabilities.map((_, index) => index);
  order.sort((a, b) => probabilities[a]! - probabilities[b]!);
  const adjusted = [...probabilities];
  let most = 0;
  for (const [rank, index] of order.entries()) {
    most = Math.max(most, Math.min(1, (order.length - rank) * probabilities[index]!));
    adjusted[index] = most;
  }
  return adjusted;
}
