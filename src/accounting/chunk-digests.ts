import { createFingerprint, type Fingerprint } from '../chunkers/fingerprint.ts';
import { Lengths } from '../chunkers/lengths.ts';
import type { ByteSource } from '../streams/source.ts';
import { DIGEST_BYTES, STEP_BYTES, Window } from './window.ts';

const WINDOW_BYTES = 64 << 20;
const PIECE_BYTES = 1 << 20;

/**
 * Digests of the chunks of many divisions of a stream, for which nearly every byte is digested once.
 *
 * *Anchors* are positions that content alone chooses, about one in a KiB: wherever the same bytes lie, they have the same
 * anchors. The bytes between two anchors are an *atom*, those from a chunk's start to its first anchor its *head*, from its
 * last anchor to its end its *tail*:
 *
 *     digest(chunk) = xxh128(xxh128(head) ‖ xxh128(xxh128(atom) ‖ xxh128(atom) …) ‖ xxh128(tail))
 *     digest(chunk) = xxh128(bytes)          with fewer than two anchors, or longer than a quarter of the window
 *
 * The anchors of a chunk are those that its own bytes decide, so equal chunks have equal digests wherever they lie and
 * whatever chunker cuts them; and the digest covers every byte, so different chunks have different ones, short of a
 * collision of xxh128. What of a stream does not fit into the window is read when the window comes to it.
 */
export class ChunkDigests {
  readonly #window = new Window();
  readonly #windowBytes: number;
  readonly #longest: number;
  /** Of chunks that are longer than the longest of the window. */
  #fingerprint: Fingerprint | undefined;

  /** For chunks of any length. @param options.windowBytes of a stream that are in memory at a time; digests of one window size are comparable */
  static async create({
    windowBytes = WINDOW_BYTES,
  }: {
    readonly windowBytes?: number;
  } = {}): Promise<ChunkDigests> {
    const digests = new ChunkDigests(windowBytes);
    await digests.admit(Number.POSITIVE_INFINITY);
    return digests;
  }

  /** For chunks that the window holds; others are to be admitted first. */
  constructor(windowBytes: number = WINDOW_BYTES) {
    this.#windowBytes = windowBytes;
    this.#longest = windowBytes >> 2;
  }

  /** Gets ready for chunks of up to so many bytes. What digests those that the window does not hold takes long to load. */
  async admit(longest: number): Promise<void> {
    if (longest > this.#longest) this.#fingerprint ??= await createFingerprint('xxh128');
  }

  /**
   * Digests of all chunks, {@link DIGEST_BYTES} each, an array for each division.
   *
   * @param divisions lengths of consecutive chunks that cover the stream: bytes
   */
  digests(source: ByteSource, divisions: readonly Float64Array[]): readonly Uint8Array[] {
    const whole = divisions.map((lengths) => ({
      lengths: new Lengths(lengths),
      until: source.length,
    }));
    return this.digestsOfCuts(source, whole, () => {});
  }

  /**
   * As {@link digests}, of chunks that are cut meanwhile: the stream is read once, in steps that stay in the processor's cache.
   *
   * @param cuts lengths as they come in, and the position from which on no chunk is digested that starts there
   * @param advance cuts as far as the bytes before `to` settle it, and reads those from `bytes`, which has no others
   */
  digestsOfCuts(
    source: ByteSource,
    cuts: readonly { readonly lengths: Lengths; readonly until: number }[],
    advance: (bytes: ByteSource, to: number) => void,
  ): readonly Uint8Array[] {
    const window = this.#window;
    const bytes: ByteSource = {
      length: source.length,
      read: (offset, into) => into.set(window.bytes(offset, into.length)),
    };
    const cursors = cuts.map(({ lengths, until }) => new Cursor(lengths, until, source.length));
    let end = 0;
    let open = cursors;
    do {
      // A chunk that is already longer than the longest is not digested from the window.
      const starts = open.map(({ start }) => (end - start > this.#longest ? end : start));
      const from = Math.min(...starts);
      const to = Math.min(source.length, from + this.#windowBytes);
      window.open(source, from, to - from);
      end = from;
      do {
        end = Math.min(to, end + STEP_BYTES);
        window.fill(end);
        advance(bytes, end);
        for (const cursor of open) this.#advance(cursor, source, end);
        open = open.filter(({ isOpen }) => isOpen);
      } while (end < to && open.length > 0);
    } while (end < source.length && open.length > 0);
    return cursors.map(({ digests }) => digests);
  }

  /** Digests the next chunks of a division that end at or before `to`. */
  #advance(cursor: Cursor, source: ByteSource, to: number): void {
    while (cursor.hasNext) {
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
    const fingerprint = this.#fingerprint;
    if (!fingerprint) throw new RangeError(`a chunk of ${length} bytes was not admitted`);
    const piece = new Uint8Array(Math.min(PIECE_BYTES, length));
    for (let done = 0; done < length; done += piece.length) {
      const bytes = piece.subarray(0, length - done);
      source.read(start + done, bytes);
      fingerprint.update(bytes);
    }
    return fingerprint.digest();
  }
}

/** How far a division is digested. */
class Cursor {
  readonly #lengths: Lengths;
  readonly #until: number;
  readonly #total: number;
  #digests: Uint8Array;
  #number = 0;
  #start = 0;

  constructor(lengths: Lengths, until: number, total: number) {
    this.#lengths = lengths;
    this.#until = until;
    this.#total = total;
    this.#digests = new Uint8Array(DIGEST_BYTES * Math.max(1024, lengths.count));
  }

  get digests(): Uint8Array {
    return this.#digests.subarray(0, DIGEST_BYTES * this.#number);
  }

  /** A settled chunk is not digested. An empty stream has one too. */
  get hasNext(): boolean {
    return this.#number < this.#lengths.count && (this.#start < this.#until || this.#total === 0);
  }

  /** Chunks are to come, settled or not. */
  get isOpen(): boolean {
    return this.hasNext || this.#start < this.#until;
  }

  /** Where the next chunk starts: bytes. */
  get start(): number {
    return this.#start;
  }

  /** Length of the next chunk: bytes. */
  get next(): number {
    return this.#lengths.between(this.#number, this.#number + 1)[0]!;
  }

  /** Lengths of the next chunks, at most `most`, as far as none is longer than `longest` or ends behind `to`. */
  batch(most: number, longest: number, to: number): Float64Array {
    const known = this.#lengths.between(
      this.#number,
      Math.min(this.#lengths.count, this.#number + most),
    );
    let end = this.#start;
    let count = 0;
    while (count < known.length && (end < this.#until || this.#total === 0)) {
      const length = known[count]!;
      end += length;
      if (length > longest || end > to) break;
      count++;
    }
    return known.subarray(0, count);
  }

  enter(digests: Uint8Array, lengths: Float64Array): void {
    const at = DIGEST_BYTES * this.#number;
    if (at + digests.length > this.#digests.length) {
      const grown = new Uint8Array(Math.max(at + digests.length, 2 * this.#digests.length));
      grown.set(this.#digests);
      this.#digests = grown;
    }
    this.#digests.set(digests, at);
    this.#number += lengths.length;
    for (const length of lengths) this.#start += length;
  }
}
