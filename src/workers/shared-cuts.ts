import { checkedLengths } from '../chunkers/checked.ts';
import type { Chunker } from '../chunkers/chunker.ts';
import { type CutSegment, divide, joinSegments } from '../chunkers/segments.ts';
import { knownLengths } from '../chunkers/split.ts';
import type { Ranges } from '../objects/work.ts';
import { Rope } from '../streams/rope.ts';
import type { ByteSource } from '../streams/source.ts';
import type { WorkerPool } from './pool.ts';

/** Streams of one source that lie apart, cut by the threads of a pool with the cuts of one thread. */

/** What a call is given at least, bytes: much more work than it costs to make one. */
const TOGETHER = 4 << 20;

/** Chunks of several streams: lengths of all, and how many each stream has. */
export interface CutStreamLengths {
  readonly lengths: Float64Array;
  readonly counts: Uint32Array;
}

/** A source as the threads know it; it is sent to them when it is first needed. */
export interface SharedSource {
  readonly bytes: ByteSource;
  number(): Promise<number>;
}

/** One stream: a range of a source. */
export async function cutShared(
  pool: WorkerPool,
  source: SharedSource,
  offset: number,
  length: number,
  chunker: Chunker,
): Promise<Float64Array> {
  const stream = new Rope().slice(source.bytes, offset, length);
  const segments = divide(length, pool.size, chunker);
  if (segments.length === 1) return checkedLengths(chunker, stream);
  const number = await source.number();
  const cut = await Promise.all(
    segments.map((segment) =>
      pool.call<CutSegment>('cut', {
        source: number,
        offset,
        length,
        chunker: chunker.id,
        segment,
      }),
    ),
  );
  return joinSegments(chunker, stream, cut);
}

/** Several streams: long ones are divided, short ones shared out, and those that length alone cuts are cut here. */
export async function cutEachShared(
  pool: WorkerPool,
  source: SharedSource,
  { offsets, lengths }: Ranges,
  chunker: Chunker,
): Promise<readonly Float64Array[]> {
  const cuts = new Array<Float64Array>(lengths.length);
  const calls: Promise<void>[] = [];
  let waiting: number[] = [];
  let bytes = 0;
  const number = needsBytes(chunker, lengths) ? await source.number() : 0;
  const send = (): void => {
    if (waiting.length > 0) calls.push(cutTogether(waiting));
    [waiting, bytes] = [[], 0];
  };
  const cutTogether = async (streams: readonly number[]): Promise<void> => {
    const found = await pool.call<CutStreamLengths>('cutEach', {
      source: number,
      offsets: Float64Array.from(streams, (stream) => offsets[stream]!),
      lengths: Float64Array.from(streams, (stream) => lengths[stream]!),
      chunker: chunker.id,
    });
    let start = 0;
    for (const [index, stream] of streams.entries()) {
      const end = start + found.counts[index]!;
      cuts[stream] = found.lengths.subarray(start, end);
      start = end;
    }
  };
  for (const [stream, length] of lengths.entries()) {
    // The first is cut by the chunker itself, which may have to be held to its contract.
    const known = stream > 0 ? ownLengths(chunker, length) : undefined;
    if (known) cuts[stream] = known;
    else if (divide(length, pool.size, chunker).length > 1 || stream === 0) {
      const cut = cutShared(pool, source, offsets[stream]!, length, chunker);
      calls.push(
        cut.then((found) => {
          cuts[stream] = found;
        }),
      );
    } else {
      waiting.push(stream);
      bytes += length;
      if (bytes >= TOGETHER) send();
    }
  }
  send();
  // Nothing is at work any more when a failure is told.
  await Promise.allSettled(calls);
  await Promise.all(calls);
  return cuts;
}

function ownLengths({ algorithm }: Chunker, length: number): Float64Array | undefined {
  return algorithm && knownLengths(algorithm, length);
}

function needsBytes(chunker: Chunker, lengths: Float64Array): boolean {
  return lengths.some((length) => ownLengths(chunker, length) === undefined);
}
