import { Rope } from '../streams/rope.ts';
import { type ByteSource, MemorySource } from '../streams/source.ts';
import { StoredAlready } from './store.ts';
import { IN_MEMORY, type Pass, type Pieces, type Ranges, startsOf } from './work.ts';

/** Runs are about so long, and at least: much more than it costs to take one. Bytes. */
const RUN = 4 << 20;
const SHORTEST_RUN = 256 << 10;
/** Several threads take runs of so many each of what is left, so that at the end none is waited for. */
const RUNS_LEFT = 4;

const NOTHING = new Uint8Array(0);
const NO_LENGTHS = new Float64Array(0);

type Wanted = Pick<Pass, 'operation'> &
  Partial<
    Pick<
      Pass,
      'codec' | 'dictionary' | 'digests' | 'contentLengths' | 'store' | 'memory' | 'contents'
    >
  >;

/**
 * A pass of which nothing is done yet. What is left out is not needed for its operation.
 *
 * @param threads that will take part: one takes all in order
 */
export function createPass({ offsets, lengths }: Ranges, threads: number, wanted: Wanted): Pass {
  const { operation, codec = 'none', dictionary, digests, contentLengths } = wanted;
  const { store, memory, contents } = wanted;
  const count = lengths.length;
  const slots = operation === 'pack' ? 2 ** Math.ceil(Math.log2(Math.max(16, 2 * count))) : 0;
  const numbers = (given?: Float64Array): Float64Array => {
    const column = new Float64Array(new SharedArrayBuffer(8 * count));
    if (given) column.set(given);
    return column;
  };
  const named = new Uint8Array(new SharedArrayBuffer(32 * count));
  named.set(digests ?? NOTHING);
  const made = contentLengths ?? lengths;
  const runs = runsOf(made, threads);
  return {
    operation,
    codec,
    dictionary,
    store,
    memory,
    contents,
    offsets: numbers(offsets),
    lengths: numbers(lengths),
    digests: named,
    slots: new Int32Array(new SharedArrayBuffer(4 * slots)),
    contentLengths: numbers(contentLengths),
    threads: new Int32Array(new SharedArrayBuffer(4 * count)),
    places: numbers(contents && startsOf(made)),
    madeLengths: numbers(),
    runs,
    order: orderOf(runs, threads > 1 ? made : NO_LENGTHS),
    nextRun: new Int32Array(new SharedArrayBuffer(4)),
  };
}

/** First of every run of consecutive ranges, and the number of all. */
function runsOf(lengths: Float64Array, threads: number): Uint32Array {
  const starts = [0];
  let left = lengths.reduce((sum, length) => sum + length, 0);
  const next = (): number =>
    threads > 1 ? Math.min(RUN, Math.max(SHORTEST_RUN, left / (RUNS_LEFT * threads))) : RUN;
  let [bytes, enough] = [0, next()];
  for (let index = 0; index < lengths.length; index++) {
    bytes += lengths[index]!;
    if (bytes < enough && index + 1 < lengths.length) continue;
    starts.push(index + 1);
    left -= bytes;
    [bytes, enough] = [0, next()];
  }
  return Uint32Array.from(starts);
}

/** Runs much longer than others, which are one long range, before these: the longest first. */
function orderOf(runs: Uint32Array, lengths: Float64Array): Uint32Array {
  const order = Array.from({ length: runs.length - 1 }, (_, run) => run);
  const bytes = order.map((run) =>
    lengths.subarray(runs[run]!, runs[run + 1]!).reduce((sum, length) => sum + length, 0),
  );
  const rank = (run: number): number => (bytes[run]! > 2 * RUN ? bytes[run]! : 0);
  return Uint32Array.from(order.sort((a, b) => rank(b) - rank(a) || a - b));
}

/** What a pass wrote to its store, with the length of each: bytes. @param ranges the objects in order */
export function storedAlready({ madeLengths, store }: Pass, ranges: Uint32Array): Pieces {
  const lengths = Float64Array.from(ranges, (range) => madeLengths[range]!);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  return { bytes: new StoredAlready(store!.directory, total), lengths };
}

/** What a pass made, by reference. @param ranges those that count, in the order wanted; all where absent */
export function piecesOf(
  { threads, places, madeLengths, contents, memory }: Pass,
  spools: readonly ByteSource[],
  ranges?: Uint32Array,
): Pieces {
  if (contents) return { bytes: new MemorySource(contents), lengths: madeLengths };
  const kept = memory && new MemorySource(memory.bytes);
  const bytes = new Rope();
  const lengths = new Float64Array(ranges?.length ?? threads.length);
  for (let index = 0; index < lengths.length; index++) {
    const range = ranges?.[index] ?? index;
    lengths[index] = madeLengths[range]!;
    const source = threads[range] === IN_MEMORY ? kept! : spools[threads[range]! - 1]!;
    bytes.append(source, places[range], madeLengths[range]);
  }
  return { bytes, lengths };
}

/** Of each object the range that was packed. @param sequence number of the object behind each range */
export function packedRanges({ threads }: Pass, sequence: Uint32Array, count: number): Uint32Array {
  const ranges = new Uint32Array(count);
  for (let range = 0; range < threads.length; range++) {
    if (threads[range] !== 0) ranges[sequence[range]!] = range;
  }
  return ranges;
}
