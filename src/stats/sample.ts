import type { Maybe } from './quotient.ts';
import { seeded } from './random.ts';

/** Statistics of small samples of timings; of no samples there is no statistic. */

export function median(values: readonly number[]): Maybe {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Median distance from the median. */
export function medianAbsoluteDeviation(values: readonly number[]): Maybe {
  const middle = median(values);
  if (middle === undefined) return undefined;
  return median(values.map((value) => Math.abs(value - middle)));
}

/** Nearest rank: for each share the smallest value with at least this share of all values at or below it. */
export function percentiles(
  values: ArrayLike<number>,
  shares: readonly number[],
): readonly Maybe[] {
  const sorted = Float64Array.from(values).sort();
  return shares.map((share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]);
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Samples from which on the bootstrap can leave out the least and the greatest: of five, more than 2.5 % of the resamples
 * have the least as their median, so the interval is the range, whatever it is called.
 */
export const INTERVAL_SAMPLES = 6;

const RESAMPLES = 2000;

/**
 * Where the median may lie. Below {@link INTERVAL_SAMPLES} samples their least and greatest, which cover 75 % for three;
 * from there on the 95 % interval by the percentile bootstrap (Efron 1979). The same samples give the same interval.
 */
export function intervalOf(values: readonly number[]): Interval | undefined {
  if (values.length === 0) return undefined;
  if (values.length < INTERVAL_SAMPLES) {
    return { low: Math.min(...values), high: Math.max(...values) };
  }
  const random = seeded(values.length);
  const medians = Array.from(
    { length: RESAMPLES },
    () => median(values.map(() => values[Math.floor(random() * values.length)]!))!,
  );
  const [low, high] = percentiles(medians, [0.025, 0.975]);
  return { low: low!, high: high! };
}

/** What `low` and `high` of so many samples are, for readers. */
export function intervalName(samples: number): string {
  return samples < INTERVAL_SAMPLES ? `range of ${samples}` : '95 % interval';
}
