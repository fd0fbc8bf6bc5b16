/**
 * A set of digests of one length with a number for each, in insertion order. Open addressing in typed arrays, because a
 * Map stops at 2²⁴ entries and a string per digest costs four times the memory.
 */
export class DigestTable {
  readonly #digestBytes: number;
  #digests: Uint8Array;
  #words: Uint32Array;
  /** 1 + number of the digest in this slot; 0 is free. */
  #slots: Uint32Array;
  #count = 0;

  /** @param digestBytes a multiple of four; 32 for sha256 */
  constructor(capacity = 1024, digestBytes = 32) {
    this.#digestBytes = digestBytes;
    this.#slots = new Uint32Array(slotsFor(capacity));
    this.#digests = new Uint8Array(digestBytes * (this.#slots.length / 2));
    this.#words = new Uint32Array(this.#digests.buffer);
  }

  /** Makes room for so many more digests: to grow step by step takes longer. */
  reserve(digests: number): void {
    const slots = slotsFor(this.#count + digests);
    if (slots > this.#slots.length) this.#grow(slots);
  }

  get count(): number {
    return this.#count;
  }

  /** All digests in the order they were added; a view that the next `add` may make stale. */
  get digests(): Uint8Array {
    return this.#digests.subarray(0, this.#digestBytes * this.#count);
  }

  /** Number of the digest at `offset` of `bytes`, or −1. */
  find(bytes: Uint8Array, offset = 0): number {
    return this.#slots[this.#slot(bytes, offset)]! - 1;
  }

  /** Adds the digest unless it is there. Returns its number; it was new exactly when that equals the former `count`. */
  add(bytes: Uint8Array, offset = 0): number {
    const slot = this.#slot(bytes, offset);
    const found = this.#slots[slot]!;
    if (found !== 0) return found - 1;
    if (2 * (this.#count + 1) > this.#slots.length) {
      this.#grow(2 * this.#slots.length);
      return this.add(bytes, offset);
    }
    const size = this.#digestBytes >> 2;
    const at = size * this.#count;
    for (let index = 0; index < size; index++) {
      this.#words[at + index] = word(bytes, offset + 4 * index);
    }
    this.#slots[slot] = ++this.#count;
    return this.#count - 1;
  }

  /** Adds digests that lie end to end, much faster than one by one. Returns the number of each, as {@link add} does. */
  addAll(bytes: Uint8Array): Uint32Array {
    const size = this.#digestBytes >> 2;
    const isAligned = bytes.byteOffset % 4 === 0;
    const { buffer, byteOffset, length } = isAligned ? bytes : bytes.slice();
    const given = new Uint32Array(buffer, byteOffset, length >> 2);
    const numbers = new Uint32Array(given.length / size);
    this.reserve(numbers.length);
    const [slots, words, mask] = [this.#slots, this.#words, this.#slots.length - 1];
    let count = this.#count;
    for (let at = 0, index = 0; index < numbers.length; index++, at += size) {
      let slot = given[at]! & mask;
      for (; ; slot = (slot + 1) & mask) {
        const known = slots[slot]!;
        if (known === 0) {
          for (let word = 0; word < size; word++) words[size * count + word] = given[at + word]!;
          slots[slot] = ++count;
          numbers[index] = count - 1;
          break;
        }
        const own = size * (known - 1);
        let word = 0;
        while (word < size && words[own + word] === given[at + word]) word++;
        if (word < size) continue;
        numbers[index] = known - 1;
        break;
      }
    }
    this.#count = count;
    return numbers;
  }

  /** The slot that holds the digest, or the free one where it belongs. Digests are uniform: their first bytes are the hash. */
  #slot(bytes: Uint8Array, offset: number): number {
    const mask = this.#slots.length - 1;
    const first = word(bytes, offset);
    for (let slot = first & mask; ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot]! - 1;
      if (number < 0) return slot;
      if (
        this.#words[(this.#digestBytes >> 2) * number] === first &&
        this.#equals(number, bytes, offset)
      )
        return slot;
    }
  }

  #equals(number: number, bytes: Uint8Array, offset: number): boolean {
    const size = this.#digestBytes >> 2;
    const at = size * number;
    for (let index = 1; index < size; index++) {
      if (this.#words[at + index] !== word(bytes, offset + 4 * index)) return false;
    }
    return true;
  }

  #grow(slots: number): void {
    const digests = new Uint8Array(this.#digestBytes * (slots / 2));
    digests.set(this.digests);
    this.#digests = digests;
    this.#words = new Uint32Array(digests.buffer);
    this.#slots = new Uint32Array(slots);
    const mask = this.#slots.length - 1;
    const wordsOfDigest = this.#digestBytes >> 2;
    for (let number = 0; number < this.#count; number++) {
      let slot = this.#words[wordsOfDigest * number]! & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = number + 1;
    }
  }
}

/** A power of two, at least twice as many as digests. */
const slotsFor = (digests: number): number => 2 ** Math.ceil(Math.log2(Math.max(16, digests * 2)));

/** Four bytes, little endian as typed arrays are on every machine that V8 runs on. */
function word(bytes: Uint8Array, offset: number): number {
  return (
    (bytes[offset]! |
      (bytes[offset + 1]! << 8) |
      (bytes[offset + 2]! << 16) |
      (bytes[offset + 3]! << 24)) >>>
    0
  );
}
