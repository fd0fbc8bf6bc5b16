import type { Maybe } from '../../src/stats/mod.ts';

/** What a start needs is known between two bounds, of which either may be unknown. */
export interface Bounds {
  /** Of mapped files touched pages alone. */
  readonly lower: Maybe;
  /** Mapped parts of files as a whole. */
  readonly upper: Maybe;
}

/**
 * Which bound decides whether it is at most a bar: the upper one within it, the lower one beyond it. undefined where the bar lies
 * between them, or too little is known.
 */
export function decidingBound({ lower, upper }: Bounds, bar: number): keyof Bounds | undefined {
  if (lower !== undefined && lower > bar) return 'lower';
  return upper !== undefined && upper <= bar ? 'upper' : undefined;
}
