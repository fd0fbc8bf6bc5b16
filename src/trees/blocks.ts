import { type ByteSource, readRange } from '../streams/source.ts';
import { BLOCK } from './header.ts';

/** Headers of small files lie close together: one read serves many, and what lies between them. */
export class BlockReader implements ByteSource {
  readonly #source: ByteSource;
  // Texts are made of it without a view of each.
  readonly #window = Buffer.alloc(1 << 15);
  #start = 0;
  #end = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get length(): number {
    return this.#source.length;
  }

  /** The block at `offset`; it holds until the next call. */
  at(offset: number): Uint8Array {
    return this.view(offset, BLOCK);
  }

  /** A range; it holds until the next call, where it is no longer than the window. */
  view(offset: number, length: number): Uint8Array {
    if (length > this.#window.length || offset + length > this.length) {
      return readRange(this.#source, offset, length);
    }
    this.#reach(offset, length);
    return this.#window.subarray(offset - this.#start, offset - this.#start + length);
  }

  read(offset: number, into: Uint8Array): void {
    if (into.length > this.#window.length || offset + into.length > this.length) {
      this.#source.read(offset, into);
      return;
    }
    this.#reach(offset, into.length);
    const from = offset - this.#start;
    into.set(this.#window.subarray(from, from + into.length));
  }

  #reach(offset: number, bytes: number): void {
    if (offset >= this.#start && offset + bytes <= this.#end) return;
    const length = Math.min(this.#window.length, this.#source.length - offset);
    this.#source.read(offset, this.#window.subarray(0, length));
    this.#start = offset;
    this.#end = offset + length;
  }
}
