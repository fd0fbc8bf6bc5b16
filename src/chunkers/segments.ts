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
  /** Ends of the chunks that start in the segment, ascending; the last may lie beyond `to`. */
  readonly ends: Float64Array;
}

/** Shorter streams are cut faster than they are shared out. Bytes. */
const SHORTEST_SEGMENT = 4 << 20;

/** Equal segments, several a worker so that a slow one is not waited for; one where the stream is short. */
export function divide(length: number, workers: number, chunker: Chunker): readonly Segment[] {
  const kernel = chunker.algorithm?.kernel;
  const reach = kernel?.reach;
  // Cuts that depend on bytes before their chunk cannot begin anywhere.
  if (reach === undefined || kernel?.behind || workers < 2) return [{ from: 0, to: length }];
  const shortest = Math.max(SHORTEST_SEGMENT, 16 * reach);
  const count = Math.max(1, Math.min(4 * workers, Math.floor(length / shortest)));
  const size = Math.ceil(length / count);
  return Array.from({ length: count }, (_, index) => ({
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
  const reach = chunker.algorithm?.kernel?.reach ?? 0;
  // What lies within reach after the last start settles where its chunk ends.
  const length = Math.min(source.length - from, to - from + reach);
  const lengths = checkedLengths(chunker, new Rope().slice(source, from, length));
  const ends: number[] = [];
  for (let index = 0, start = from; index < lengths.length && start < to; index++) {
    start += lengths[index]!;
    ends.push(start);
  }
  return { from, to, ends: Float64Array.from(ends) };
}

/** Lengths of all chunks of the stream, from its segments in order. */
export function joinSegments(
  chunker: Chunker,
  source: ByteSource,
  segments: readonly CutSegment[],
): Float64Array {
  const ends: number[] = [];
  let position = 0;
  for (const segment of segments) {
    while (position < segment.to) {
      const index = chunkAt(segment, position);
      if (index >= 0) {
        for (const end of segment.ends.subarray(index)) ends.push(end);
        position = ends.at(-1)!;
        break;
      }
      const to = Math.min(segment.to, position + SHORTEST_SEGMENT);
      for (const end of cutSegment(chunker, source, { from: position, to }).ends) {
        ends.push(end);
        position = end;
        if (chunkAt(segment, end) >= 0) break;
      }
    }
  }
  const lengths = new Float64Array(ends.length);
  for (const [index, end] of ends.entries()) lengths[index] = end - (ends[index - 1] ?? 0);
  return lengths;
}

/** Number of the segment's chunk that starts at `position`, or −1. */
function chunkAt({ from, ends }: CutSegment, position: number): number {
  if (position === from) return 0;
  let low = 0;
  let high = ends.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const end = ends[middle]!;
    if (end === position) return middle + 1 < ends.length ? middle + 1 : -1;
    if (end < position) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
