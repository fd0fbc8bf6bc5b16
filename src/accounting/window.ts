import { Kernels } from '../kernels/kernels.ts';
import type { ByteSource } from '../streams/source.ts';

/** Bytes of a digest of xxh128. */
export const DIGEST_BYTES = 16;
/** Between two anchors at least, so that no repetitive content is divided into crumbs: bytes. */
const GAP_BYTES = 64;
/** What a hash of {@link Window.anchors} looks at: bytes. */
const SEEN_BYTES = 4;
/** Whether a position is an anchor depends on no byte further before it. */
const CONTEXT_BYTES = GAP_BYTES + SEEN_BYTES;
/** What is read, divided and digested before the next is read, so that it stays in the processor's cache. */
export const STEP_BYTES: number = 1 << 19;

/**
 * A stretch of a stream in the kernels' memory, divided into atoms as it is read. Its addresses are
 *
 *     [ lengths in | digests out | digests of atoms | anchors | the bytes → ]
 */
export class Window {
  readonly #kernels = new Kernels();
  #room = 0;
  #atoms = 0;
  #anchors = 0;
  #start = 0;
  #source: ByteSource | undefined;
  #from = 0;
  #filled = 0;
  #anchorCount = 0;

  /** Chunks that one call of {@link digest} takes. */
  get capacity(): number {
    return this.#kernels.capacity;
  }

  /** Turns to the bytes of a stream from `from` on, at most `bytes` of them; nothing is read yet. */
  open(source: ByteSource, from: number, bytes: number): void {
    this.#reserve(bytes);
    this.#source = source;
    this.#from = from;
    this.#filled = 0;
    this.#anchorCount = 0;
    this.#kernels.exports.restartAnchors();
  }

  /** Reads on until the window has the stream's bytes up to `to`. */
  fill(to: number): void {
    const bytes = to - this.#from;
    while (this.#filled < bytes) {
      const end = Math.min(bytes, this.#filled + STEP_BYTES);
      this.#source!.read(
        this.#from + this.#filled,
        this.#memory(this.#start + this.#filled, end - this.#filled),
      );
      this.#divide(this.#filled, end);
      this.#filled = end;
    }
  }

  /** Bytes of the stream that were filled in; valid until the window turns to others. */
  bytes(offset: number, length: number): Uint8Array {
    return this.#memory(this.#start + offset - this.#from, length);
  }

  /** Digests of consecutive chunks that start at `offset` and were filled in; valid until the next. */
  digest(offset: number, lengths: Float64Array): Uint8Array {
    const { exports, out: lengthsIn, block: digestsOut } = this.#kernels;
    new Uint32Array(exports.memory.buffer, lengthsIn, lengths.length).set(lengths);
    exports.digestChunks(
      this.#anchors,
      this.#anchorCount,
      this.#atoms,
      CONTEXT_BYTES,
      this.#start + offset - this.#from,
      lengthsIn,
      lengths.length,
      digestsOut,
    );
    return this.#memory(digestsOut, DIGEST_BYTES * lengths.length);
  }

  /** xxh128 of bytes that were filled in; valid until the next. */
  xxh128(offset: number, length: number): Uint8Array {
    const { exports, block: digestOut } = this.#kernels;
    exports.xxh128(this.#start + offset - this.#from, length, digestOut);
    return this.#memory(digestOut, DIGEST_BYTES);
  }

  #reserve(bytes: number): void {
    const most = Math.ceil(bytes / GAP_BYTES) + 1;
    const outBytes = DIGEST_BYTES * this.#kernels.capacity;
    const room = outBytes + (DIGEST_BYTES + 4) * most + bytes;
    if (room <= this.#room) return;
    this.#kernels.reserve(room);
    this.#room = room;
    this.#atoms = this.#kernels.block + outBytes;
    this.#anchors = this.#atoms + DIGEST_BYTES * most;
    this.#start = this.#anchors + 4 * most;
  }

  #memory(address: number, bytes: number): Uint8Array {
    return new Uint8Array(this.#kernels.exports.memory.buffer, address, bytes);
  }

  /** Finds the anchors in the next part of the window and digests the atoms that end there. */
  #divide(done: number, end: number): void {
    const { exports } = this.#kernels;
    const start = this.#start + Math.max(0, done - SEEN_BYTES + 1);
    const before = this.#anchorCount;
    const list = this.#anchors + 4 * before;
    this.#anchorCount += exports.findAnchors(start, this.#start + end, GAP_BYTES, list);
    const open = Math.max(0, before - 1);
    const [anchors, atoms] = [this.#anchors + 4 * open, this.#atoms + DIGEST_BYTES * open];
    exports.digestAtoms(anchors, this.#anchorCount - open, atoms);
  }
}
