import type { Measurement } from '../measures/measurement.ts';
import { divide } from '../stats/mod.ts';

/** Figures that may be estimates. */

/** Sets of lengths that the interval of an estimate is taken from. */
export const DRAWS = 12;
/**
 * Of the t distribution with so many degrees of freedom, 99.5 %: contents of one package are alike, so that sums vary by more
 * than sums of independent ones, whose 97.5 % it would be.
 */
const QUANTILE = 3.055;

/** A number, and what it comes to by each set of lengths that was drawn; exact where there are none. */
export interface Figure {
  readonly value: number;
  readonly draws?: readonly number[];
}

export interface ExploredFigure extends Measurement {
  readonly draws?: readonly number[];
}

/** undefined where one is missing; estimated where one is. */
export function sumOf(figures: readonly (Figure | undefined)[]): Figure | undefined {
  let value = 0;
  let draws: number[] | undefined;
  for (const figure of figures) {
    if (!figure) return undefined;
    if (figure.draws && !draws) draws = Array.from({ length: DRAWS }, () => value);
    draws = draws?.map((sum, draw) => sum + (figure.draws?.[draw] ?? figure.value));
    value += figure.value;
  }
  return draws ? { value, draws } : { value };
}

export function scaled({ value, draws }: Figure, factor: number): Figure {
  const own = value * factor;
  return draws ? { value: own, draws: draws.map((one) => one * factor) } : { value: own };
}

/** Half of the 95 % interval: {@link QUANTILE} × the root mean square of the draws about the estimate; 0 of what is exact. */
export function halfWidth({ value, draws }: Figure): number {
  if (!draws) return 0;
  const squares = draws.reduce((sum, drawn) => sum + (drawn - value) ** 2, 0);
  return QUANTILE * Math.sqrt(divide(squares, draws.length) ?? 0);
}
