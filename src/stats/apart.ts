import { holm, signFlipTest } from './permutation.ts';
import { defined, divide, type Maybe } from './quotient.ts';
import { intervalOf, median } from './sample.ts';

/** Which of several things that were timed in the same rounds can be told apart. A series has a time for each round. */

type Series = readonly number[];

/** Of the cases in which nothing differs, something may be called different in so many. */
export const LEVEL = 0.05;

/** Logarithms of the quotients of the same round: what slowed all of it is in both. */
function logRatios(one: Series, other: Series): readonly number[] {
  const quotients = one.slice(0, other.length).map((ms, round) => divide(ms, other[round]));
  // A clock that stood still says nothing.
  return defined(quotients)
    .filter((quotient) => quotient > 0)
    .map(Math.log);
}

/** As a share of the longer one. */
function shareOf(log: number): number {
  return 1 - Math.exp(-Math.abs(log));
}

/** By how much two series differ, as a share of the longer: median over the rounds; undefined without any. */
export function differenceIn(one: Series, other: Series): Maybe {
  const middle = median(logRatios(one, other));
  return middle === undefined ? undefined : shareOf(middle);
}

/** How far one thing timed twice may differ from itself: the farther end of the interval of that median. */
export function floorOf(one: Series, again: Series): Maybe {
  const interval = intervalOf(logRatios(one, again));
  return interval && Math.max(shareOf(interval.low), shareOf(interval.high));
}

/**
 * Says which pairs of series, by their positions, differ: by more than the floor, and by a permutation test that is
 * corrected for the number of pairs. Without a floor none does.
 */
export function toldApart(
  series: readonly Series[],
  floor: Maybe,
): (one: number, other: number) => boolean {
  const pairs = series.flatMap((_, one) =>
    series.slice(one + 1).map((_, at) => [one, one + 1 + at]),
  );
  const chances = holm(
    pairs.map(([a, b]) => signFlipTest(logRatios(series[a!]!, series[b!]!)) ?? 1),
  );
  const apart = new Set(
    pairs
      .filter(([a, b], index) => {
        const difference = differenceIn(series[a!]!, series[b!]!) ?? 0;
        return chances[index]! < LEVEL && floor !== undefined && difference > floor;
      })
      .map(String),
  );
  return (one, other) => apart.has(String([Math.min(one, other), Math.max(one, other)]));
}

/** Pairs of so many things. */
export function pairsOf(things: number): number {
  return (things * (things - 1)) / 2;
}

/** Least rounds after which so many comparisons may tell anything: if all signs agree, two choices of signs reach as far. */
export function roundsToCompare(comparisons: number): number {
  let rounds = 1;
  while (comparisons * 2 ** (1 - rounds) >= LEVEL) rounds++;
  return rounds;
}
