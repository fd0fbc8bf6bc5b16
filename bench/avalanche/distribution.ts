import { round } from '../../src/measures/measurement.ts';
import type { FigureUnit } from '../../src/results/verdict.ts';
import { percentiles } from '../../src/stats/mod.ts';
import { type Figure, figureOf } from '../verdict.ts';

/** Where the values of draws lie. */
export interface Distribution {
  /** Draws that have a value. */
  readonly n: number;
  /** Nearest rank. */
  readonly median: number;
  readonly p5: number;
  readonly p95: number;
  /** The greatest. */
  readonly worst: number;
}

const SHARES = [0.5, 0.05, 0.95, 1];

/** undefined of no values. */
export function distributionOf(values: readonly number[]): Distribution | undefined {
  if (values.length === 0) return undefined;
  const [median, p5, p95, worst] = percentiles(values, SHARES) as [number, number, number, number];
  return { n: values.length, median, p5, p95, worst };
}

/** As `verdict.json` has it. @param parameters what it is of */
export function figuresOf(
  step: string,
  parameters: Figure['parameters'],
  { n, ...values }: Distribution,
  unit: FigureUnit,
): readonly Figure[] {
  return [
    figureOf(step, { ...parameters, statistic: 'n' }, n, 'count'),
    ...Object.entries(values).map(([statistic, value]) =>
      figureOf(step, { ...parameters, statistic }, round(value), unit),
    ),
  ];
}

/** The way back from {@link figuresOf}: values by all parameters but the statistic. */
export function distributionsIn(
  figures: readonly Figure[],
): readonly (readonly [parameters: Figure['parameters'], distribution: Distribution])[] {
  const found = new Map<string, [Figure['parameters'], Record<string, number>]>();
  for (const { parameters, value } of figures) {
    const { statistic, ...own } = parameters;
    const key = JSON.stringify(own);
    const [, values] = found.get(key) ?? found.set(key, [own, {}]).get(key)!;
    values[String(statistic)] = value!;
  }
  return [...found.values()].map(([own, values]) => [own, values as unknown as Distribution]);
}

/**
 * `2,263 (oci-zstd, as a layer) to 9,139,706 (tar-zstd)`: the least and the greatest median, where a table has them all.
 * @param named at least one
 */
export function rangeOfMedians(
  named: readonly (readonly [name: string, distribution: Pick<Distribution, 'median'>])[],
  print: (median: number) => string,
): string {
  const sorted = named.toSorted(([, a], [, b]) => a.median - b.median);
  const [least, most] = [sorted[0]!, sorted.at(-1)!];
  const told = ([name, { median }]: typeof least): string => `${print(median)} (${name})`;
  return least === most ? told(least) : `${told(least)} to ${told(most)}`;
}
