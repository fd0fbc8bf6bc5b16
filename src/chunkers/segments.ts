import { Rope } from '../streams/rope.ts';
import type { ByteSource } from '../streams/source.ts';
import { checkedLengths } from './checked.ts';
import type { Chunker } from './chunker.ts';

/**
 * One long stream cut by several threads, with the cuts of one: every segment is cut as if a chunk began at its start; the
 * true cuts enter a segment somewhere and, as soon as one of them coincides, are the segment's own from there on, since a
 * cut depends on nothing before its chunk. Where none coincides (zeros, periods) the stretch is cut again in order: slower,
 * never wrong, and in no more memory.
 */

export interface Segment {
  /** Position of its first byte in the stream, and of the first byte after it. */
  readonly from: number;
  readonly to: number;
}

export interface CutSegment extends Segment {
  /**
   * Ends of chunks that follow one another, ascending: of all that start in the segment, and of some behind it, among which
   * the cuts of the next segment are likely to be met.
   */
  readonly ends: Float64Array;
}

/** Shorter streams are cut faster than they are shared out. Bytes. */
export const SHORTEST_SEGMENT: number = 1 << 20;
/** A segment is so many times as long as what is cut twice for it, where there are enough of them; and at least. */
const REACHES = 16;
const FEWEST_REACHES = 4;

/** Whether cuts can begin anywhere: they depend on no bytes before their chunk, and on a known number from its start on. */
export function isDivisible({ algorithm }: Chunker): boolean {
  const kernel = algorithm?.kernel;
  return kernel !== undefined && !kernel.behind;
}

/** Bytes from a chunk's start that settle where it ends. */
export function reachOf({ algorithm }: Chunker): number {
  return algorithm?.kernel?.reach ?? 0;
}

/**
 * Equal segments, several a worker so that a slow one is not waited for; one where the stream is short, or cannot be divided
 * for one of the chunkers.
 */
export function divide(
  length: number,
  workers: number,
  ...chunkers: readonly Chunker[]
): readonly Segment[] {
  if (workers < 2 || !chunkers.every(isDivisible)) return [{ from: 0, to: length }];
  const reach = Math.max(...chunkers.map(reachOf));
  const fitting = (reaches: number): number =>
    Math.floor(length / Math.max(SHORTEST_SEGMENT, reaches * reach));
  const fewest = Math.min(workers, fitting(FEWEST_REACHES));
  const count = Math.max(1, fewest, Math.min(4 * workers, fitting(REACHES)));
  // Elsewhere no chunk of the stream starts, and the cuts of a segment would never be met.
  const grain = Math.max(...chunkers.map(({ algorithm }) => algorithm?.grain ?? 1));
  const size = Math.ceil(length / count / grain) * grain;
  return Array.from({ length: Math.ceil(length / size) }, (_, index) => ({
    from: index * size,
    to: Math.min(length, (index + 1) * size),
  }));
}

/** Cuts from the segment's start on, as if a chunk began there. */
export function cutSegment(
  chunker: Chunker,
  source: ByteSource,
  { from, to }: Segment,
): CutSegment {
  const reach = reachOf(chunker);
  const until = to + reach;
  // What lies within reach after the last start settles where its chunk ends.
  const length = Math.min(source.length, until + reach) - from;
  const lengths = checkedLengths(chunker, new Rope().slice(source, from, length));
  return { from, to, ends: endsOf(lengths, from, until) };
}

/** Ends of the chunks of these lengths that start at `from` and later, before `until`. */
export function endsOf(lengths: Float64Array, from: number, until: number): Float64Array {
  const ends = new Float64Array(lengths.length);
  let count = 0;
  for (let start = from; count < lengths.length && start < until; count++) {
    start += lengths[count]!;
    ends[count] = start;
  }
  return ends.subarray(0, count);
}

/** Lengths of all chunks of the stream, from its segments in order. */
export function joinSegments(
  chunker: Chunker,
  source: ByteSource,
  segments: readonly CutSegment[],
): Float64Array {
  const joining = runsOf(segments, reachOf(chunker));
  let step = joining.next();
  while (!step.done) step = joining.next(cutSegment(chunker, source, step.value));
  return lengthsOf(step.value);
}

/** Chunks `first` … `last` − 1 of what was cut. */
export interface Run<Cut extends CutSegment = CutSegment> {
  readonly cut: Cut;
  readonly first: number;
  readonly last: number;
}

/**
 * The chunks of the stream from those of its segments in order. Yields a stretch where they do not meet: it is to be cut as
 * a segment is, and handed in.
 *
 * @param stretch length of the first such stretch, bytes; the next ones are longer
 */
export function* runsOf<Cut extends CutSegment>(
  segments: readonly Cut[],
  stretch: number,
): Generator<Segment, readonly Run<Cut>[], Cut> {
  const runs: Run<Cut>[] = [];
  let position = 0;
  let before: Cut | undefined;
  for (const segment of segments) {
    let missing = Math.max(1, stretch);
    while (position < segment.to) {
      const own = chunkAt(segment, position);
      if (own >= 0) {
        const last = startingBefore(segment, segment.to);
        runs.push({ cut: segment, first: own, last });
        position = segment.ends[last - 1]!;
        before = segment;
        break;
      }
      let first = before === undefined ? -1 : chunkAt(before, position);
      if (before === undefined || first < 0) {
        before = yield { from: position, to: Math.min(segment.to, position + missing) };
        missing = Math.min(2 * missing, Math.max(stretch, SHORTEST_SEGMENT));
        first = 0;
      }
      runs.push({ cut: before, first, last: first + 1 });
      position = before.ends[first]!;
    }
  }
  return runs;
}

/** Lengths of the chunks of consecutive runs. */
export function lengthsOf(runs: readonly Run[]): Float64Array {
  const lengths = new Float64Array(runs.reduce((sum, { first, last }) => sum + last - first, 0));
  let [count, start] = [0, 0];
  for (const { cut, first, last } of runs) {
    for (let index = first; index < last; index++) {
      lengths[count++] = cut.ends[index]! - start;
      start = cut.ends[index]!;
    }
  }
  return lengths;
}

/** Number of the segment's chunk that starts at `position`, or −1. */
function chunkAt(segment: CutSegment, position: number): number {
  const { from, ends } = segment;
  const number = startingBefore(segment, position);
  const start = number === 0 ? from : ends[number - 1];
  return start === position && number < ends.length ? number : -1;
}

/** How many chunks of the segment start before `position`. */
function startingBefore({ from, ends }: CutSegment, position: number): number {
  if (position <= from) return 0;
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]! < position) low = middle + 1;
    else high = middle;
  }
  return Math.min(ends.length, low + 1);
}
