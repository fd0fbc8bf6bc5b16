/** Lengths as they come in; one array at the end. */
export class Lengths {
  #values = new Float64Array(64);
  #count = 0;

  push(lengths: Uint32Array): void {
    const needed = this.#count + lengths.length;
    if (needed > this.#values.length) {
      const grown = new Float64Array(Math.max(needed, this.#values.length * 2));
      grown.set(this.#values.subarray(0, this.#count));
      this.#values = grown;
    }
    this.#values.set(lengths, this.#count);
    this.#count = needed;
  }

  clear(): void {
    this.#count = 0;
  }

  all(): Float64Array {
    return this.#values.slice(0, this.#count);
  }
}
