import { createFingerprint, type Fingerprint } from '../chunkers/fingerprint.ts';
import { type ByteSource, checkRange } from '../streams/source.ts';
import { DIGEST_BYTES, STEP_BYTES, Window } from './window.ts';

const WINDOW_BYTES = 128 << 20;
const PIECE_BYTES = 1 << 20;

/**
 * Digests of the chunks of many divisions of a stream, for which nearly every byte is digested once.
 *
 * *Anchors* are positions that content alone chooses, about one in a KiB: wherever the same bytes lie, they have the same
 * anchors. The bytes between two anchors are an *atom*, those from a chunk's start to its first anchor its *head*, from its
 * last anchor to its end its *tail*:
 *
 *     digest(chunk) = xxh128(xxh128(head) ‖ xxh128(xxh128(atom) ‖ xxh128(atom) …) ‖ xxh128(tail))
 *     digest(chunk) = xxh128(bytes)          with fewer than two anchors, or longer than an eighth of the window
 *
 * The anchors of a chunk are those that its own bytes decide, so equal chunks have equal digests wherever they lie and
 * whatever chunker cuts them; and the digest covers every byte, so different chunks have different ones, short of a
 * collision of xxh128. What of a stream does not fit into the window is read when the window comes to it.
 */
export class ChunkDigests {
  readonly #window = new Window();
  readonly #fingerprint: Fingerprint;
  readonly #windowBytes: number;
  readonly #longest: number;
  #held: ByteSource | undefined;

  /** @param options.windowBytes of a stream that are in memory at a time; digests of one window size are comparable */
  static async create({
    windowBytes = WINDOW_BYTES,
  }: {
    readonly windowBytes?: number;
  } = {}): Promise<ChunkDigests> {
    return new ChunkDigests(await createFingerprint('xxh128'), windowBytes);
  }

  /** @param fingerprint that nobody else uses meanwhile */
  private constructor(fingerprint: Fingerprint, windowBytes: number) {
    this.#fingerprint = fingerprint;
    this.#windowBytes = windowBytes;
    this.#longest = windowBytes >> 3;
  }

  /**
   * The stream as one to be cut before its chunks are digested: where it fits into the window it is read but once, and
   * divided into atoms while what was read is in the processor's cache. Valid until another stream is held or digested.
   */
  hold(source: ByteSource): ByteSource {
    if (source.length > this.#windowBytes) return source;
    const window = this.#window;
    window.open(source, 0, source.length);
    this.#held = {
      length: source.length,
      read(offset, into) {
        checkRange(source, offset, into.length);
        window.fill(offset + into.length);
        into.set(window.bytes(offset, into.length));
      },
    };
    return this.#held;
  }

  /**
   * Digests of all chunks, {@link DIGEST_BYTES} each, an array for each division.
   *
   * @param divisions lengths of consecutive chunks that cover the stream: bytes
   */
  digests(source: ByteSource, divisions: readonly Float64Array[]): readonly Uint8Array[] {
    const cursors = divisions.map((lengths) => new Cursor(lengths));
    for (let open = cursors; open.length > 0; open = open.filter(({ left }) => left > 0)) {
      const from = Math.min(...open.map(({ start }) => start));
      const to = Math.min(source.length, from + this.#windowBytes);
      if (source !== this.#held) this.#turn(source, from, to - from);
      let end = from;
      do {
        end = Math.min(to, end + STEP_BYTES);
        this.#window.fill(end);
        for (const cursor of open) this.#advance(cursor, source, end);
      } while (end < to);
    }
    return cursors.map(({ digests }) => digests);
  }

  #turn(source: ByteSource, from: number, bytes: number): void {
    this.#held = undefined;
    this.#window.open(source, from, bytes);
  }

  /** Digests the next chunks of a division that end at or before `to`. */
  #advance(cursor: Cursor, source: ByteSource, to: number): void {
    while (cursor.left > 0) {
      const batch = cursor.batch(this.#window.capacity, this.#longest, to);
      if (batch.length > 0) {
        cursor.enter(this.#window.digest(cursor.start, batch), batch);
      } else if (cursor.next > this.#longest) {
        const length = Float64Array.of(cursor.next);
        cursor.enter(this.#whole(source, cursor.start, cursor.next), length);
      } else {
        return;
      }
    }
  }

  #whole(source: ByteSource, start: number, length: number): Uint8Array {
    if (source === this.#held) {
      this.#window.fill(start + length);
      return this.#window.xxh128(start, length);
    }
    const piece = new Uint8Array(Math.min(PIECE_BYTES, length));
    for (let done = 0; done < length; done += piece.length) {
      const bytes = piece.subarray(0, length - done);
      source.read(start + done, bytes);
      this.#fingerprint.update(bytes);
    }
    return this.#fingerprint.digest();
  }
}

/** How far a division is digested. */
class Cursor {
  readonly digests: Uint8Array;
  readonly #lengths: Float64Array;
  #number = 0;
  #start = 0;

  constructor(lengths: Float64Array) {
    this.#lengths = lengths;
    this.digests = new Uint8Array(DIGEST_BYTES * lengths.length);
  }

  /** Chunks to come. */
  get left(): number {
    return this.#lengths.length - this.#number;
  }

  /** Where the next chunk starts: bytes. */
  get start(): number {
    return this.#start;
  }

  /** Length of the next chunk: bytes. */
  get next(): number {
    return this.#lengths[this.#number]!;
  }

  /** Lengths of the next chunks, at most `most`, as far as none is longer than `longest` or ends behind `to`. */
  batch(most: number, longest: number, to: number): Float64Array {
    const last = Math.min(this.#lengths.length, this.#number + most);
    let end = this.#start;
    let number = this.#number;
    while (number < last) {
      const length = this.#lengths[number]!;
      end += length;
      if (length > longest || end > to) break;
      number++;
    }
    return this.#lengths.subarray(this.#number, number);
  }

  enter(digests: Uint8Array, lengths: Float64Array): void {
    this.digests.set(digests, DIGEST_BYTES * this.#number);
    this.#number += lengths.length;
    for (const length of lengths) this.#start += length;
  }
}
