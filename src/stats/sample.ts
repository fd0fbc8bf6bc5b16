import type { Maybe } from './quotient.ts';

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

/** Samples from which on an interval covers 95 %: of five, least and greatest lie on one side of the median in 6 % of cases. */
export const INTERVAL_SAMPLES = 6;

/**
 * Where the median may lie: the two order statistics next to it between which it lies in 95 % of cases, by the binomial
 * distribution, whatever the distribution of the samples (Thompson 1936). Below {@link INTERVAL_SAMPLES} samples their least
 * and greatest, which cover 75 % for three.
 */
export function intervalOf(values: readonly number[]): Interval | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const outside = samplesOutside(values.length);
  return { low: sorted[outside]!, high: sorted.at(-1 - outside)! };
}

/** Samples left out at each end: as many as leave at most 5 % of cases outside of both ends. */
function samplesOutside(samples: number): number {
  let count = 0;
  // Probability that `count` samples lie below the median, and that so many or fewer do.
  let exactly = 0.5 ** samples;
  let atMost = exactly;
  for (;;) {
    exactly *= (samples - count) / (count + 1);
    atMost += exactly;
    if (2 * atMost > 0.05) return count;
    count++;
  }
}

/** True where the interval is that of 95 % and within this share of the median. */
export function isWithin(values: readonly number[], share: number): boolean {
  const [middle, interval] = [median(values), intervalOf(values)];
  if (middle === undefined || interval === undefined || values.length < INTERVAL_SAMPLES) {
    return false;
  }
  return Math.max(interval.high - middle, middle - interval.low) <= share * middle;
}

/** What `low` and `high` of so many samples are, for readers. */
export function intervalName(samples: number): string {
  return samples < INTERVAL_SAMPLES ? `range of ${samples}` : '95 % interval';
}
