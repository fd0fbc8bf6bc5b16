import type { KnownKind } from '../results/steps.ts';
import type { Figure, FigureUnit } from '../results/verdict.ts';
import type { Maybe } from '../stats/mod.ts';

/** What cases are of, a word that a count can stand before; a pair is of images. Those of one kind and dataset are judged together, and no others with them. */
export type CaseKind = KnownKind | 'image' | 'pair' | 'file' | 'program' | 'run' | 'series';

/** What a value of a claim is held against. */
export interface ClaimBar {
  /** Of bar, resolution and value. */
  readonly unit: FigureUnit;
  /** Where the value must lie. */
  readonly side: 'at least' | 'at most';
  /** In its unit. */
  readonly value: number;
  /** Values that lie no farther from the bar are too close to it to decide. */
  readonly resolution: number;
}

/** One value of a claim, and its bar. */
export interface ClaimCase extends Figure {
  /** Id of the dataset. */
  readonly dataset: string;
  /** What its step is of. */
  readonly kind: CaseKind;
  readonly bar: ClaimBar;
  /** The value is known between two bounds, one on each side of the bar; the bound that is given says nothing more. */
  readonly isBetween?: true;
  /** The two amounts that a value is a quotient or a difference of, bytes: a large share of little is little. */
  readonly bytes?: Bytes;
}

export type Bytes = readonly [own: number, other: number];

/** What a claim may depend on, beside the step: a parameter of its cases. */
export interface Axis {
  /** Name of the parameter; numbers can be interpolated. */
  readonly name: string;
  /** In words, after "depends on": `the cost of a request`. */
  readonly title: string;
  /** A value in words, after "below", "above", "at": `1.9 ms a request`. */
  print(value: number): string;
  /** Its values are counts, and the flip is the first one at which it is met. */
  readonly isCount?: true;
  /** Between its values the logarithm is interpolated. */
  readonly isLogarithmic?: true;
}

/** Packings here differ from those of the real tools by up to as much (METHODS.md, The tools beside the models). */
export const BYTES_RESOLUTION = 0.02;
/** The greatest error of a modelled time that was measured on an idle machine (METHODS.md, Transfer). */
export const TIME_RESOLUTION = 0.0735;

/** A bar of bytes, counts or quotients of them: nearer than 2 % of it is too close. */
export function quotientBar(
  side: ClaimBar['side'],
  value: number,
  unit: FigureUnit = 'ratio',
  resolution: number = BYTES_RESOLUTION,
): ClaimBar {
  return { unit, side, value, resolution: resolution * Math.abs(value) };
}

/** A bar of what is counted: a value equal to it meets it, and none is too close. */
export function countBar(side: ClaimBar['side'], value: number): ClaimBar {
  return { unit: 'count', side, value, resolution: 0 };
}

function isExact({ unit, resolution }: ClaimBar): boolean {
  return unit === 'count' && resolution === 0;
}

/** A bar of a share that is a difference, quotient − 1 or 1 − quotient: nearer than two points is too close. */
export function differenceBar(
  side: ClaimBar['side'],
  value: number,
  resolution: number = BYTES_RESOLUTION,
): ClaimBar {
  return { unit: 'share', side, value, resolution };
}

/** How far on its side of the bar the value lies, in the unit of both; undefined where there is none. */
export function distanceOf({ value, bar }: Pick<ClaimCase, 'value' | 'bar'>): Maybe {
  if (value === undefined || !Number.isFinite(value)) return undefined;
  return bar.side === 'at least' ? value - bar.value : bar.value - value;
}

export type CaseSide = 'met' | 'not met' | 'close' | 'open';

/** `close`: no farther from the bar than the resolution, or between bounds on both sides of it. `open`: without a value. */
export function sideOf(one: Pick<ClaimCase, 'value' | 'bar' | 'isBetween'>): CaseSide {
  const distance = distanceOf(one);
  if (distance === undefined) return 'open';
  if (isExact(one.bar) && !one.isBetween) return distance >= 0 ? 'met' : 'not met';
  if (one.isBetween || Math.abs(distance) <= one.bar.resolution) return 'close';
  return distance > 0 ? 'met' : 'not met';
}
