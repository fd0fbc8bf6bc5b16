/** Lengths as they come in; one array at the end. */
export class Lengths {
  #values: Float64Array;
  #count: number;

  /** @param values those to begin with; not copied before more come */
  constructor(values: Float64Array = new Float64Array(0)) {
    this.#values = values;
    this.#count = values.length;
  }

  get count(): number {
    return this.#count;
  }

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
    const grown = new Float64Array(Math.max(64, needed, this.#values.length * 2));
    grown.set(this.#values.subarray(0, this.#count));
    this.#values = grown;
  }

  /** From one number to before another; valid until more come. */
  between(from: number, to: number): Float64Array {
    return this.#values.subarray(from, to);
  }

  clear(): void {
    this.#count = 0;
  }

  all(): Float64Array {
    return this.#values.slice(0, this.#count);
  }
}

/** Lengths of several streams, one after another. */
export function concatenate(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let count = 0;
  for (const part of parts) {
    all.set(part, count);
    count += part.length;
  }
  return all;
}
