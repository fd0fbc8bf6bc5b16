import type { ByteSource } from '../streams/source.ts';
import { BLOCK } from './header.ts';

/** Headers of small files lie close together: one read serves many. */
export class BlockReader {
  readonly #source: ByteSource;
  readonly #window = new Uint8Array(1 << 15);
  #start = 0;
  #end = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** The block at `offset`; it holds until the next call. */
  at(offset: number): Uint8Array {
    if (offset < this.#start || offset + BLOCK > this.#end) {
      const length = Math.min(this.#window.length, this.#source.length - offset);
      this.#source.read(offset, this.#window.subarray(0, length));
      this.#start = offset;
      this.#end = offset + length;
    }
    return this.#window.subarray(offset - this.#start, offset - this.#start + BLOCK);
  }
}
