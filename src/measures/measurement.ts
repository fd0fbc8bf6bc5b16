import { intervalOf, median } from '../stats/mod.ts';
import type { MeasureName } from './mod.ts';

/** One value before it becomes a record: the run directory adds method, dataset and unit. */
export interface Measurement {
  readonly image: string;
  readonly client: string;
  readonly link?: string;
  readonly workers?: number;
  /** Number of the layer, the lowest 1. */
  readonly layer?: number;
  readonly program?: string;
  readonly measure: MeasureName;
  readonly value: number | string;
  readonly n?: number;
  readonly low?: number;
  readonly high?: number;
  /** Milliseconds of each repetition, in the order measured, where the value is of times. */
  readonly samples?: readonly number[];
  /** Repetitions that were taken while the machine did other work. */
  readonly disturbed?: number;
}

/**
 * Median of repeated figures, with where it may lie; undefined of none.
 * @param times milliseconds that the figures are of, in the order measured
 */
export function repeated(
  figures: readonly number[],
  times?: readonly number[],
): (Pick<Measurement, 'n' | 'low' | 'high' | 'samples'> & { readonly value: number }) | undefined {
  const [value, interval] = [median(figures), intervalOf(figures)];
  if (value === undefined || interval === undefined) return undefined;
  return {
    value: round(value),
    n: figures.length,
    low: round(interval.low),
    high: round(interval.high),
    ...(times ? { samples: times.map(round) } : {}),
  };
}

/** What no client and no link is involved in. */
export type Fact = readonly [measure: MeasureName, value: number | string];

/** Facts of one image. */
export function factsOf(image: string, facts: readonly Fact[]): readonly Measurement[] {
  return facts.map(([measure, value]) => ({ image, client: '-', measure, value }));
}

/** Quotients are kept to six decimals: finer digits carry no meaning and lengthen every line. */
export function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
