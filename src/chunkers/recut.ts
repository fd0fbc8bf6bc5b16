import type { ByteSource } from '../streams/source.ts';
import type { Chunker } from './chunker.ts';
import {
  type CutSegment,
  cutSegment,
  isDivisible,
  lengthsOf,
  reachOf,
  runsOf,
} from './segments.ts';

/** A stream that shares most with one that was cut before: its cuts, as if it were cut alone, at the cost of what differs. */

/** Bytes that both streams have, and where in each: bytes. */
export interface Stretch {
  readonly old: number;
  readonly own: number;
  readonly length: number;
}

/** A stream that was cut. */
export interface CutBefore {
  readonly length: number;
  /** Ends of its chunks, ascending: bytes. */
  readonly ends: Float64Array;
}

export function cutBefore(lengths: Float64Array): CutBefore {
  const ends = lengths.slice();
  for (let number = 1; number < ends.length; number++) ends[number]! += ends[number - 1]!;
  return { length: ends.at(-1) ?? 0, ends };
}

/**
 * Lengths of all chunks of `source`, bytes.
 *
 * @param stretches what it shares with the stream that was cut, ascending in `own`
 */
export function recut(
  chunker: Chunker,
  before: CutBefore,
  source: ByteSource,
  stretches: readonly Stretch[],
): Float64Array {
  if (!isDivisible(chunker)) return chunker.lengths(source);
  const reach = reachOf(chunker);
  const known = stretches.flatMap((one) => knownCuts(before, one, reach, source.length));
  // What lies behind the last stretch is cut as a stretch of no known chunk.
  const rest = { from: source.length, to: source.length, ends: new Float64Array(0) };
  const joining = runsOf([...known, rest], reach);
  let step = joining.next();
  while (!step.done) step = joining.next(cutSegment(chunker, source, step.value));
  return lengthsOf(step.value);
}

/** The chunks of a stretch whose ends no byte outside of it can move; none where it has none. */
function knownCuts(
  before: CutBefore,
  { old, own, length }: Stretch,
  reach: number,
  total: number,
): readonly CutSegment[] {
  // Where both end the end itself is the same.
  const isLast = old + length === before.length && own + length === total;
  const until = isLast ? old + length : old + length - reach;
  const starts = [0, ...before.ends];
  const first = starts.findIndex((start) => start >= old);
  let last = first;
  while (last < before.ends.length && starts[last]! <= until) last++;
  if (first < 0 || last === first) return [];
  const shift = own - old;
  const ends = before.ends.subarray(first, last).map((end) => end + shift);
  return [{ from: starts[first]! + shift, to: ends.at(-1)!, ends }];
}
