import type { Maybe } from './quotient.ts';

/** Does a mean rest on one of its values? */

/**
 * The most by which the mean of these values moves when one of them is left out: the jackknife's greatest influence, in
 * their unit. undefined of fewer than two, where nothing can be left out.
 */
export function leaveOneOut(values: readonly number[]): Maybe {
  if (values.length < 2) return undefined;
  const sum = sumOf(values);
  const farthest = Math.max(...values.map((value) => Math.abs(sum - values.length * value)));
  return farthest / (values.length * (values.length - 1));
}

/**
 * True where the mean of these differences is farther from 0 than leaving one of them out moves it. False is a tie: no
 * difference, one that a single value makes, or one value alone. Exact for integers: nothing is divided.
 */
export function isSettled(differences: readonly number[]): boolean {
  const count = differences.length;
  const sum = sumOf(differences);
  const moved = Math.max(...differences.map((one) => Math.abs(sum - count * one)));
  return count > 1 && Math.abs(sum) * (count - 1) > moved;
}

/** As {@link isSettled}, of two series of figures of the same steps. */
export function areSettled(some: readonly number[], others: readonly number[]): boolean {
  return isSettled(some.map((value, step) => value - others[step]!));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
