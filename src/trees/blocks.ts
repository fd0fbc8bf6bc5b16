import type { ByteSource } from '../streams/source.ts';
import { BLOCK } from './header.ts';

/** Headers of small files lie close together: one read serves many, and what lies between them. */
export class BlockReader implements ByteSource {
  readonly #source: ByteSource;
  readonly #window = new Uint8Array(1 << 15);
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
    this.#reach(offset, BLOCK);
    return this.#window.subarray(offset - this.#start, offset - this.#start + BLOCK);
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
