import {
  type ByteSource,
  checkRange,
  describeSource,
  openSource,
  type SourceDescriptor,
} from './source.ts';

/** A piece of a rope: bytes of one of its sources, or zeros (`source` −1). */
interface Piece {
  readonly source: number;
  readonly offset: number;
  readonly length: number;
}

const ZEROS = -1;
/** Literal bytes collect in one growing buffer, the source with this number. */
const LITERALS = -2;

/** What of a rope can be sent to another thread. */
export interface RopeDescriptor {
  readonly sources: readonly SourceDescriptor[];
  readonly literals: Uint8Array;
  readonly pieces: readonly Piece[];
}

/**
 * A stream that nobody has copied yet: literal headers between slices of cached layers, in order. Adding costs O(1) a
 * piece; reading finds the piece by bisection and copies straight into the reader's buffer.
 */
export class Rope implements ByteSource {
  readonly #sources: ByteSource[] = [];
  readonly #numbers = new Map<ByteSource, number>();
  readonly #pieces: Piece[] = [];
  readonly #starts: number[] = [];
  #literals = new Uint8Array(256);
  #literalLength = 0;
  #length = 0;
  #cursor = 0;

  get length(): number {
    return this.#length;
  }

  /** Appends a copy of `bytes`. */
  literal(bytes: Uint8Array): this {
    const needed = this.#literalLength + bytes.length;
    if (needed > this.#literals.length) {
      const grown = new Uint8Array(Math.max(needed, this.#literals.length * 2));
      grown.set(this.#literals.subarray(0, this.#literalLength));
      this.#literals = grown;
    }
    this.#literals.set(bytes, this.#literalLength);
    const last = this.#pieces.at(-1);
    if (last?.source === LITERALS) {
      this.#pieces[this.#pieces.length - 1] = { ...last, length: last.length + bytes.length };
      this.#length += bytes.length;
    } else {
      this.#push({ source: LITERALS, offset: this.#literalLength, length: bytes.length });
    }
    this.#literalLength = needed;
    return this;
  }

  /** Appends `length` bytes of `source` from `offset`, by reference. */
  slice(source: ByteSource, offset: number, length: number): this {
    checkRange(source, offset, length);
    let number = this.#numbers.get(source);
    if (number === undefined) {
      number = this.#sources.push(source) - 1;
      this.#numbers.set(source, number);
    }
    return this.#push({ source: number, offset, length });
  }

  /** Appends all of `source`; another rope's pieces are taken over one by one, so that ropes never nest. */
  append(source: ByteSource): this {
    if (!(source instanceof Rope)) return this.slice(source, 0, source.length);
    for (const piece of source.#pieces) {
      const { offset, length } = piece;
      if (piece.source === ZEROS) this.zeros(length);
      else if (piece.source === LITERALS)
        this.literal(source.#literals.subarray(offset, offset + length));
      else this.slice(source.#sources[piece.source]!, offset, length);
    }
    return this;
  }

  zeros(length: number): this {
    return this.#push({ source: ZEROS, offset: 0, length });
  }

  read(offset: number, into: Uint8Array): void {
    checkRange(this, offset, into.length);
    let index = this.#find(offset);
    for (let done = 0; done < into.length; index++) {
      const piece = this.#pieces[index]!;
      const skip = offset + done - this.#starts[index]!;
      const count = Math.min(piece.length - skip, into.length - done);
      const target = into.subarray(done, done + count);
      const from = piece.offset + skip;
      if (piece.source === ZEROS) target.fill(0);
      else if (piece.source === LITERALS) target.set(this.#literals.subarray(from, from + count));
      else this.#sources[piece.source]!.read(from, target);
      done += count;
      this.#cursor = index;
    }
  }

  describe(): RopeDescriptor {
    return {
      sources: this.#sources.map(describeSource),
      literals: this.#literals.slice(0, this.#literalLength),
      pieces: this.#pieces,
    };
  }

  static open(descriptor: RopeDescriptor): Rope {
    const rope = new Rope();
    rope.#sources.push(...descriptor.sources.map(openSource));
    for (const [number, source] of rope.#sources.entries()) rope.#numbers.set(source, number);
    rope.#literals = descriptor.literals.slice();
    rope.#literalLength = descriptor.literals.length;
    for (const piece of descriptor.pieces) rope.#push(piece);
    return rope;
  }

  #push(piece: Piece): this {
    if (piece.length === 0) return this;
    this.#pieces.push(piece);
    this.#starts.push(this.#length);
    this.#length += piece.length;
    return this;
  }

  /** Index of the piece that holds `offset`; streams are read forwards, so the last piece is tried first. */
  #find(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    if ((this.#starts[this.#cursor] ?? Number.POSITIVE_INFINITY) <= offset) low = this.#cursor;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
