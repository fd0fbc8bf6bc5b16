import { createFingerprint, type Fingerprint } from '../chunkers/fingerprint.ts';
import { Kernels } from '../kernels/kernels.ts';
import { type ByteSource, MemorySource } from '../streams/source.ts';

/** Bytes of a digest of xxh128. */
export const DIGEST_BYTES = 16;
/** Between two anchors at least, so that no repetitive content is divided into crumbs: bytes. */
export const GAP_BYTES = 64;
/** Whether a position is an anchor depends on no byte further before it: the gap, and four bytes that are looked at. */
const CONTEXT_BYTES = GAP_BYTES + 4;
const WINDOW_BYTES = 128 << 20;
const PIECE_BYTES = 1 << 20;
/** What one division after another goes through while it is in the processor's cache. */
const STEP_BYTES = 1 << 19;

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
 * collision of xxh128. What lies outside of the window is read again when it comes into it.
 */
export class ChunkDigests {
  readonly #kernels = new Kernels();
  readonly #fingerprint: Fingerprint;
  readonly #windowBytes: number;
  readonly #longest: number;
  #room = 0;
  /** Addresses in the kernels' memory. */
  readonly #out: number;
  #anchors = 0;
  #atoms = 0;
  #window = 0;
  #anchorCount = 0;

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
    this.#out = this.#kernels.block;
  }

  /** The stream in the window where it fits: what cuts it reads it there. Valid until the next call of any method. */
  hold(source: ByteSource): ByteSource {
    if (source.length > this.#windowBytes) return source;
    this.#reserve(source.length);
    return this.#fill(source, 0, source.length);
  }

  /**
   * Digests of all chunks, {@link DIGEST_BYTES} each, an array for each division.
   *
   * @param divisions lengths of consecutive chunks that cover the stream: bytes
   */
  digests(source: ByteSource, divisions: readonly Float64Array[]): readonly Uint8Array[] {
    const cursors = divisions.map((lengths) => new Cursor(lengths));
    this.#reserve(Math.min(source.length, this.#windowBytes));
    for (let open = cursors; open.length > 0; open = open.filter(({ left }) => left > 0)) {
      const from = Math.min(...open.map(({ start }) => start));
      const to = Math.min(source.length, from + this.#windowBytes);
      const held = this.#holds(source) ? source : this.#fill(source, from, to);
      this.#restart();
      for (let done = 0; done < held.length || done === 0; done += STEP_BYTES) {
        const end = Math.min(held.length, done + STEP_BYTES);
        this.#divide(done, end);
        for (const cursor of open) this.#advance(cursor, source, from, from + end);
      }
    }
    return cursors.map(({ digests }) => digests);
  }

  /** Makes room for a window of `bytes`, its anchors and atoms behind the digests of a batch. */
  #reserve(bytes: number): void {
    const most = Math.ceil(bytes / GAP_BYTES) + 1;
    const room = DIGEST_BYTES * (this.#kernels.capacity + most) + 4 * most + bytes;
    if (room <= this.#room) return;
    this.#kernels.reserve(room);
    this.#room = room;
    this.#atoms = this.#out + DIGEST_BYTES * this.#kernels.capacity;
    this.#anchors = this.#atoms + DIGEST_BYTES * most;
    this.#window = this.#anchors + 4 * most;
  }

  #memory(address: number, bytes: number): Uint8Array {
    return new Uint8Array(this.#kernels.exports.memory.buffer, address, bytes);
  }

  #holds(source: ByteSource): boolean {
    return (
      source instanceof MemorySource &&
      source.bytes.buffer === this.#kernels.exports.memory.buffer &&
      source.bytes.byteOffset === this.#window
    );
  }

  #fill(source: ByteSource, from: number, to: number): MemorySource {
    const window = this.#memory(this.#window, to - from);
    source.read(from, window);
    return new MemorySource(window);
  }

  #restart(): void {
    this.#kernels.exports.restartAnchors();
    this.#anchorCount = 0;
  }

  /** Finds the anchors in the next part of the window and digests the atoms that end there. */
  #divide(done: number, end: number): void {
    const { exports } = this.#kernels;
    const start = this.#window + Math.max(0, done - 3);
    const before = this.#anchorCount;
    const list = this.#anchors + 4 * before;
    this.#anchorCount += exports.findAnchors(start, this.#window + end, GAP_BYTES, list);
    const open = Math.max(0, before - 1);
    const [anchors, atoms] = [this.#anchors + 4 * open, this.#atoms + DIGEST_BYTES * open];
    exports.digestAtoms(anchors, this.#anchorCount - open, atoms);
  }

  /** Digests the next chunks of a division that end at or before `to`; the window starts at `from`. */
  #advance(cursor: Cursor, source: ByteSource, from: number, to: number): void {
    const { exports, capacity, out: lengths } = this.#kernels;
    while (cursor.left > 0) {
      const batch = cursor.batch(capacity, this.#longest, to);
      if (batch.length > 0) {
        new Uint32Array(exports.memory.buffer, lengths, batch.length).set(batch);
        const start = this.#window + cursor.start - from;
        exports.digestChunks(
          this.#anchors,
          this.#anchorCount,
          this.#atoms,
          CONTEXT_BYTES,
          start,
          lengths,
          batch.length,
          this.#out,
        );
        cursor.enter(this.#memory(this.#out, DIGEST_BYTES * batch.length), batch);
      } else if (cursor.next > this.#longest) {
        const end = cursor.start + cursor.next;
        cursor.enter(this.#whole(source, cursor.start, end), Float64Array.of(cursor.next));
      } else {
        return;
      }
    }
  }

  #whole(source: ByteSource, start: number, end: number): Uint8Array {
    if (this.#holds(source)) {
      this.#kernels.exports.xxh128(this.#window + start, end - start, this.#out);
      return this.#memory(this.#out, DIGEST_BYTES);
    }
    const piece = new Uint8Array(PIECE_BYTES);
    for (let at = start; at < end; at += piece.length) {
      const bytes = piece.subarray(0, end - at);
      source.read(at, bytes);
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
