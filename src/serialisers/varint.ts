import { InputError } from '../errors.ts';

/** Little-endian base 128 numbers and length-prefixed bytes, the alphabet of the metadata root. */

const MOST = BigInt(Number.MAX_SAFE_INTEGER);
/** Bytes of a number that is a safe integer whatever they hold. */
const SHORT = 7;

export class ByteWriter {
  // Small: a divided root has a writer for every directory.
  #bytes = new Uint8Array(1 << 8);
  #length = 0;

  number(value: number | bigint): this {
    if (typeof value === 'bigint') return this.#big(value);
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    return this.byte(rest);
  }

  #big(value: bigint): this {
    let rest = value;
    while (rest > MOST) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    return this.number(Number(rest));
  }

  /** Signed: zigzag, so that small negative numbers stay short. */
  signed(value: bigint): this {
    return this.number(value < 0n ? -2n * value - 1n : 2n * value);
  }

  byte(value: number): this {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  bytes(bytes: Uint8Array): this {
    return this.number(bytes.length).raw(bytes);
  }

  /** One byte a character. */
  latin1(text: string): this {
    this.number(text.length).#reserve(text.length);
    const at = this.#length;
    for (let index = 0; index < text.length; index++) {
      this.#bytes[at + index] = text.charCodeAt(index);
    }
    this.#length += text.length;
    return this;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

/** Reads what {@link ByteWriter} wrote; throws an InputError with the offset where the bytes end early. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  offset = 0;

  /** @param what the bytes are, for errors */
  constructor(bytes: Uint8Array, what = 'metadata root') {
    this.#bytes = bytes;
    this.#what = what;
  }

  get isAtEnd(): boolean {
    return this.offset >= this.#bytes.length;
  }

  big(): bigint {
    let value = 0n;
    for (let shift = 0n; shift <= 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw this.fault('a number is too long');
  }

  number(): number {
    // Nearly all are short, and big integers are slow.
    let short = 0;
    for (let at = this.offset, scale = 1; at < this.offset + SHORT; at++, scale *= 0x80) {
      const byte = this.#bytes[at];
      if (byte === undefined) break;
      short += (byte & 0x7f) * scale;
      if (byte >= 0x80) continue;
      this.offset = at + 1;
      return short;
    }
    const value = Number(this.big());
    if (Number.isSafeInteger(value)) return value;
    throw this.fault(`a number is ${value}`);
  }

  signed(): bigint {
    const value = this.big();
    return value & 1n ? -((value + 1n) >> 1n) : value >> 1n;
  }

  byte(): number {
    const byte = this.#bytes[this.offset];
    if (byte === undefined) throw this.fault('it ends early');
    this.offset++;
    return byte;
  }

  raw(length: number): Uint8Array {
    if (length > this.#bytes.length - this.offset) throw this.fault('it ends early');
    this.offset += length;
    return this.#bytes.subarray(this.offset - length, this.offset);
  }

  bytes(): Uint8Array {
    return this.raw(this.number());
  }

  latin1(): string {
    return Buffer.from(this.bytes()).toString('latin1');
  }

  fault(what: string): InputError {
    return new InputError(
      `${this.#what}: ${what}`,
      { offset: this.offset },
      'the store is damaged: pack again',
    );
  }
}
