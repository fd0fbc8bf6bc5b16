import { checkedLengths } from '../chunkers/checked.ts';
import { type CutSegment, divide, joinSegments } from '../chunkers/segments.ts';
import { type Executor, inline } from '../objects/executor.ts';
import type { Pieces, Ranges } from '../objects/work.ts';
import { Rope } from '../streams/rope.ts';
import type { ByteSource } from '../streams/source.ts';
import { scriptUrl, WorkerPool } from './pool.ts';

/** A batch is about this long: much more than the cost of a message, much less than the work of a thread. Bytes. */
const BATCH = 4 << 20;

export interface PooledExecutor extends Executor {
  close(): Promise<void>;
}

export function createPool(workers: number): WorkerPool {
  return new WorkerPool(workers, scriptUrl('./worker', import.meta.url));
}

/** An executor whose work is spread over `workers` threads, batch by batch. */
export function pooled(workers: number): PooledExecutor {
  const pool = createPool(workers);
  const known = new WeakMap<ByteSource, number>();
  let sources = 0;

  /** Every thread opens the source itself: contents are read where they are needed and cross no thread. */
  const share = async (source: ByteSource): Promise<number> => {
    const number = known.get(source) ?? sources++;
    if (known.has(source)) return number;
    known.set(source, number);
    const rope = source instanceof Rope ? source : new Rope().append(source);
    await pool.broadcast('open', { number, rope: rope.describe() });
    return number;
  };

  return {
    workers,
    async cut(source, offset, length, chunker) {
      const stream = new Rope().slice(source, offset, length);
      const segments = divide(length, workers, chunker);
      if (segments.length === 1) return checkedLengths(chunker, stream);
      const number = await share(source);
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
    },
    async digest(source, ranges) {
      const number = await share(source);
      const parts = await Promise.all(
        batches(ranges.lengths).map(([from, to]) =>
          pool.call<Uint8Array>('digest', {
            source: number,
            ranges: sliceRanges(ranges, from, to),
          }),
        ),
      );
      return concatenate(parts);
    },
    async compress(source, ranges, codec, dictionary) {
      const number = await share(source);
      const parts = await Promise.all(
        batches(ranges.lengths).map(([from, to]) =>
          pool.call<Pieces>('compress', {
            source: number,
            ranges: sliceRanges(ranges, from, to),
            codec,
            dictionary,
          }),
        ),
      );
      return {
        bytes: concatenate(parts.map((part) => part.bytes)),
        lengths: concatenateNumbers(parts.map((part) => part.lengths)),
      };
    },
    async store(paths, { bytes, lengths }) {
      let offset = 0;
      const calls = batches(lengths).map(([from, to]) => {
        const own = lengths.slice(from, to);
        const length = own.reduce((sum, one) => sum + one, 0);
        const pieces: Pieces = {
          bytes: new Uint8Array(bytes.subarray(offset, offset + length)),
          lengths: own,
        };
        offset += length;
        const payload = { paths: paths.slice(from, to), pieces };
        return pool.call<void>('store', payload, [pieces.bytes.buffer as ArrayBuffer]);
      });
      // Whoever removes what was written must not do so while some thread still writes.
      await Promise.allSettled(calls);
      await Promise.all(calls);
    },
    async decompress(pieces, lengths, digests, codec, dictionary) {
      const calls = batches(lengths).map(([from, to]) => {
        const copies = pieces.slice(from, to).map((piece) => new Uint8Array(piece));
        const payload = {
          pieces: copies,
          lengths: lengths.slice(from, to),
          digests: digests.slice(32 * from, 32 * to),
          codec,
          dictionary,
        };
        return pool.call<Uint8Array>('decompress', payload, [
          ...copies.map(({ buffer }) => buffer),
        ]);
      });
      return concatenate(await Promise.all(calls));
    },
    close: () => pool.close(),
  };
}

/** Gives `work` an executor of so many threads, and ends them afterwards. */
export async function withExecutor<Result>(
  workers: number,
  work: (executor: Executor) => Promise<Result>,
): Promise<Result> {
  if (workers === 1) return work(inline);
  const executor = pooled(workers);
  try {
    return await work(executor);
  } finally {
    await executor.close();
  }
}

/** Runs of consecutive items of about {@link BATCH} bytes, as [from, to). */
function batches(lengths: Float64Array): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  let start = 0;
  let bytes = 0;
  for (let index = 0; index < lengths.length; index++) {
    bytes += lengths[index]!;
    if (bytes < BATCH && index + 1 < lengths.length) continue;
    runs.push([start, index + 1]);
    start = index + 1;
    bytes = 0;
  }
  return runs;
}

function sliceRanges(ranges: Ranges, from: number, to: number): Ranges {
  return { offsets: ranges.offsets.slice(from, to), lengths: ranges.lengths.slice(from, to) };
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function concatenateNumbers(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => Array.from(part)));
}
