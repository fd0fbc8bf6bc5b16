import { seeded } from './random.ts';

/** Statistics of small samples of timings. */

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('the median of nothing');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Median distance from the median. */
export function medianAbsoluteDeviation(values: readonly number[]): number {
  const middle = median(values);
  return median(values.map((value) => Math.abs(value - middle)));
}

/** Nearest rank: the smallest value with at least this share of all values at or below it. */
export function percentile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) throw new RangeError('a percentile of nothing');
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 2000;

/** 95 % interval of the median by the percentile bootstrap (Efron 1979); the same samples give the same interval. */
export function bootstrapMedian(values: readonly number[]): Interval {
  const random = seeded(values.length);
  const medians = Array.from({ length: RESAMPLES }, () =>
    median(values.map(() => values[Math.floor(random() * values.length)]!)),
  );
  return { low: percentile(medians, 0.025), high: percentile(medians, 0.975) };
}
