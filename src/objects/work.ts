import { createHash } from 'node:crypto';
import { checkLength, checkSolid, heldBy } from '../codecs/bounds.ts';
import type { Codec } from '../codecs/codec.ts';
import { createCodec } from '../codecs/mod.ts';
import { limits } from '../limits.ts';
import { Rope } from '../streams/rope.ts';
import { type ByteSource, checkedOnce, pieces, type SourceDescriptor } from '../streams/source.ts';
import { checkDigest, digestOf, verifyDigest } from './content-digest.ts';
import { type KeptPiece, type PieceMemory, RememberedPieces } from './piece-memory.ts';
import { type AnySpool, Places, spoolOf } from './spool.ts';
import { ObjectFiles, type SharedStore } from './store.ts';

/** The work on chunks that needs a core: digest, compress, decompress. No result depends on which thread did what. */

/** Ranges of one source: columns, bytes. */
export interface Ranges {
  readonly offsets: Float64Array;
  readonly lengths: Float64Array;
}

/** Pieces laid end to end, with the length of each: bytes. */
export interface Pieces {
  readonly bytes: ByteSource;
  readonly lengths: Float64Array;
}

/** Where each of several pieces laid end to end starts: bytes. */
export function startsOf(lengths: Float64Array): Float64Array {
  const starts = new Float64Array(lengths.length);
  for (let index = 1; index < lengths.length; index++) {
    starts[index] = starts[index - 1]! + lengths[index - 1]!;
  }
  return starts;
}

const NOTHING = new Uint8Array(0);
/** Longer ranges are digested in steps: bytes. */
const HELD_TO_DIGEST = 1 << 20;

/** What is done to every range; `measure` compresses, and keeps nothing but the length. */
type Operation = 'digest' | 'compress' | 'measure' | 'pack' | 'decompress' | 'verify';

/**
 * One pass over ranges of a source, in memory that all threads share: columns of one row a range. A thread takes the next
 * run of ranges from a counter, reads them, and appends what it makes of them to a spool of its own.
 */
export interface Pass extends Ranges {
  readonly operation: Operation;
  /** sha256 of the contents, 32 bytes each: written by `digest` and `pack`, held against by `decompress` and `verify`, which keeps nothing. */
  readonly digests: Uint8Array;
  /** Of `pack`: a table of the ranges that were the first of their content, open addressing; 1 + number, 0 is free. */
  readonly slots: Int32Array;
  /** Of `decompress` and `verify`: lengths of the results, bytes. */
  readonly contentLengths: Float64Array;
  /** Who has what was made of a range: 1 + the thread whose spool it is, 0 where nothing was made, {@link IN_MEMORY}; then where in it, and how long. Bytes. */
  readonly threads: Int32Array;
  readonly places: Float64Array;
  readonly madeLengths: Float64Array;
  /** First range of each run; then the number of ranges. */
  readonly runs: Uint32Array;
  /** Numbers of the runs as they are taken: those come first that others would wait for. */
  readonly order: Uint32Array;
  readonly nextRun: Int32Array;
  readonly codec: string;
  readonly dictionary: Uint8Array | undefined;
  /** Of `pack`: what is made goes there instead of to a spool. */
  readonly store: SharedStore | undefined;
  /** Of `pack` without a dictionary and a store: where pieces of other passes are found, and those of this one kept. */
  readonly memory: PieceMemory | undefined;
  /** Of `decompress`: what is made goes there, each to its place, instead of to a spool. */
  readonly contents: Uint8Array | undefined;
}

/** In `threads`: the piece lies in the memory of the pass, not in a spool. */
export const IN_MEMORY = -1;

/** What one thread's part of a pass came to. */
export interface Share {
  readonly spool: SourceDescriptor;
  /** Milliseconds. */
  readonly hashMs: number;
  readonly codecMs: number;
  readonly writeMs: number;
}

/**
 * Takes runs until none is left.
 *
 * @param path of the thread's spool; in memory where absent
 * @param done told of each range that was worked on
 */
export async function takeRuns(
  source: ByteSource,
  pass: Pass,
  thread: number,
  path: string | undefined,
  done?: (range: number) => void,
): Promise<Share> {
  const spool = spoolOf(pass, path);
  try {
    const worker = new PassWorker(source, pass, thread, spool);
    const codec = await createCodec(pass.codec, pass.dictionary);
    if (isPacking(pass)) await codec.prepare?.(sumOf(pass.lengths));
    await worker.take(codec, done);
    return { spool: spool.finish(), ...worker.times };
  } catch (error) {
    // The others need not go on.
    Atomics.store(pass.nextRun, 0, pass.runs.length);
    spool.close();
    throw error;
  }
}

function isPacking({ operation }: Pass): boolean {
  return operation === 'pack' || operation === 'compress' || operation === 'measure';
}

function sumOf(lengths: Float64Array): number {
  return lengths.reduce((sum, length) => sum + length, 0);
}

class PassWorker {
  readonly #source: ByteSource;
  readonly #pass: Pass;
  readonly #thread: number;
  readonly #spool: AnySpool;
  readonly #remembered: RememberedPieces | undefined;
  readonly times = { hashMs: 0, codecMs: 0, writeMs: 0 };
  #buffer = NOTHING;

  constructor(source: ByteSource, pass: Pass, thread: number, spool: AnySpool) {
    this.#source = source;
    this.#pass = pass;
    this.#thread = thread;
    this.#spool = spool;
    const { operation, codec, dictionary, memory } = pass;
    if (memory && operation === 'pack' && !dictionary && codec !== 'none') {
      this.#remembered = new RememberedPieces(memory, codec);
    }
  }

  async take(codec: Codec, done?: (range: number) => void): Promise<void> {
    const { runs, order, nextRun } = this.#pass;
    for (;;) {
      const run = order[Atomics.add(nextRun, 0, 1)];
      if (run === undefined) return;
      for (let range = runs[run]!; range < runs[run + 1]!; ) {
        if (this.#isLong(range)) {
          await this.#workInSteps(range, codec);
          done?.(range);
          range++;
        } else {
          range = checkedOnce(() => this.#workUpTo(range, runs[run + 1]!, codec, done));
        }
      }
    }
  }

  /** All that are not long, up to the first that is. Returns which comes next. */
  #workUpTo(first: number, end: number, codec: Codec, done?: (range: number) => void): number {
    let range = first;
    for (; range < end && !this.#isLong(range); range++) {
      this.#work(range, codec);
      done?.(range);
    }
    return range;
  }

  #work(range: number, codec: Codec): void {
    const { operation, offsets, lengths, contentLengths } = this.#pass;
    const lap = this.#laps();
    const bytes = this.#read(offsets[range]!, lengths[range]!);
    if (operation === 'digest' || operation === 'pack') {
      const isFirst = this.#digest(range, bytes);
      lap('hashMs');
      if (operation === 'digest' || !isFirst) return;
    }
    if (operation !== 'decompress' && operation !== 'verify') {
      const piece = this.#compress(range, bytes, codec);
      lap('codecMs');
      if (piece instanceof Uint8Array) {
        this.#begin(range);
        this.#append(range, piece);
      } else this.#refer(range, piece);
    } else {
      const content = codec.decompress(bytes, contentLengths[range]!);
      lap('codecMs');
      verifyDigest(content, this.#digestOf(range));
      lap('hashMs');
      if (operation === 'verify') return;
      this.#begin(range);
      this.#append(range, content);
    }
    lap('writeMs');
  }

  #digestOf(range: number): Uint8Array {
    return this.#pass.digests.subarray(32 * range, 32 * range + 32);
  }

  /** The piece, or where the memory of the pass has it. */
  #compress(range: number, bytes: Uint8Array, codec: Codec): Uint8Array | KeptPiece {
    if (!this.#remembered) return codec.compress(bytes);
    const digest = this.#digestOf(range);
    const known = this.#remembered.find(digest);
    if (known) return known;
    const piece = codec.compress(bytes);
    return this.#remembered.keep(digest, piece) ?? piece;
  }

  #refer(range: number, { offset, length }: KeptPiece): void {
    const { places, threads, madeLengths } = this.#pass;
    places[range] = offset;
    threads[range] = IN_MEMORY;
    madeLengths[range] = length;
  }

  #isLong(range: number): boolean {
    const { operation, lengths, contentLengths } = this.#pass;
    const most =
      operation === 'digest' ? Math.min(HELD_TO_DIGEST, limits.chunkBytes) : limits.chunkBytes;
    return Math.max(lengths[range]!, contentLengths[range]!) > most;
  }

  /** A stream as one piece: in steps, or held where its codec holds so much and it fits. */
  async #workInSteps(range: number, codec: Codec): Promise<void> {
    const { operation, offsets, lengths, contentLengths } = this.#pass;
    const { steps } = codec;
    const source = new Rope().slice(this.#source, offsets[range]!, lengths[range]!);
    const longest = Math.max(source.length, contentLengths[range]!);
    const isRead = operation === 'decompress' || operation === 'verify';
    // Memory of WebAssembly that has grown to decompress is never given back.
    const isWhole = !(isRead && steps) && longest <= heldBy(codec);
    if (operation !== 'digest' && isWhole) {
      checkSolid(longest);
      this.#work(range, codec);
      this.#buffer = NOTHING;
      return;
    }
    const lap = this.#laps();
    if (isRead) {
      await this.#restore(range, steps!.decompress(source, contentLengths[range]!));
      lap('codecMs');
      return;
    }
    const isNamed = operation === 'digest' || operation === 'pack';
    const isFirst = !isNamed || this.#digest(range, source);
    lap('hashMs');
    if (operation === 'digest' || !isFirst) return;
    this.#begin(range);
    for await (const part of steps!.compress(pieces(source))) this.#append(range, part);
    lap('codecMs');
  }

  async #restore(range: number, parts: AsyncIterable<Uint8Array>): Promise<void> {
    const { operation, digests, contentLengths } = this.#pass;
    const hash = createHash('sha256');
    let length = 0;
    this.#begin(range);
    for await (const part of parts) {
      hash.update(part);
      length += part.length;
      if (operation !== 'verify') this.#append(range, part);
      if (length > contentLengths[range]!) break;
    }
    checkLength({ length }, contentLengths[range]!);
    checkDigest(hash.digest(), digests.subarray(32 * range, 32 * range + 32));
  }

  /** Adds the time since it was last called, or made. */
  #laps(): (time: keyof PassWorker['times']) => void {
    let start = performance.now();
    return (time) => {
      const now = performance.now();
      this.times[time] += now - start;
      start = now;
    };
  }

  /** Into a buffer that is used again. */
  #read(offset: number, length: number): Uint8Array {
    if (length > this.#buffer.length) {
      this.#buffer = new Uint8Array(length > limits.chunkBytes ? length : 2 * length);
    }
    const bytes = this.#buffer.subarray(0, length);
    this.#source.read(offset, bytes);
    return bytes;
  }

  /** True where no range with this content was met before; threads agree which one is the first. */
  #digest(range: number, content: Uint8Array | ByteSource): boolean {
    const { digests, slots } = this.#pass;
    const digest = digestOf(content);
    digests.set(digest, 32 * range);
    const mask = slots.length - 1;
    for (let slot = digest.readInt32LE(0) & mask; slots.length > 0; slot = (slot + 1) & mask) {
      const before = Atomics.compareExchange(slots, slot, 0, range + 1);
      if (before === 0) return true;
      const at = 32 * (before - 1);
      if (digest.every((byte, index) => byte === digests[at + index])) return false;
    }
    return true;
  }

  #begin(range: number): void {
    const { places, threads, contentLengths } = this.#pass;
    if (this.#spool instanceof Places) this.#spool.begin(places[range]!, contentLengths[range]!);
    places[range] = this.#spool.length;
    threads[range] = this.#thread + 1;
    if (this.#spool instanceof ObjectFiles) {
      this.#spool.begin(this.#digestOf(range));
    }
  }

  #append(range: number, bytes: Uint8Array): void {
    if (this.#pass.operation !== 'measure') this.#spool.append(bytes);
    this.#pass.madeLengths[range]! += bytes.length;
  }
}
