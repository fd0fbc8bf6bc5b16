/** Lengths as they come in; one array at the end. */
export class Lengths {
  #values = new Float64Array(64);
  #count = 0;

  push(lengths: Uint32Array): void {
    this.#grow(lengths.length);
    this.#values.set(lengths, this.#count);
    this.#count += lengths.length;
  }

  add(length: number): void {
    this.#grow(1);
    this.#values[this.#count++] = length;
  }

  #grow(by: number): void {
    const needed = this.#count + by;
    if (needed <= this.#values.length) return;
    const grown = new Float64Array(Math.max(needed, this.#values.length * 2));
    grown.set(this.#values.subarray(0, this.#count));
    this.#values = grown;
  }

  clear(): void {
    this.#count = 0;
  }

  all(): Float64Array {
    return this.#values.slice(0, this.#count);
  }
}
