import {
  type ByteSource,
  checkRange,
  describeSource,
  FileSource,
  openSource,
  readRange,
  type SourceDescriptor,
} from './source.ts';

const ZEROS = -1;
/** Literal bytes collect in one growing buffer, the source with this number. */
const LITERALS = -2;

/** Numbers of a piece in its row: where it starts in the rope, its source (or {@link ZEROS}), where it starts there. */
const ROW = 3;
const START = 0;
const SOURCE = 1;
const OFFSET = 2;

/** What of a rope can be sent to another thread. Threads share its memory. */
export interface RopeDescriptor {
  readonly sources: readonly SourceDescriptor[];
  readonly literals: Uint8Array;
  /** Rows of {@link ROW} numbers. */
  readonly pieces: Float64Array;
  /** Bytes. */
  readonly length: number;
}

const NO_LITERALS = new Uint8Array(0);

function shared(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

const names = new WeakMap<ByteSource, number>();
let named = 0;

/** A number of its own for each source, as long as this thread lives. */
function nameOf(source: ByteSource): number {
  const known = names.get(source) ?? ++named;
  names.set(source, known);
  return known;
}

/**
 * A stream that nobody has copied yet: literal headers between slices of cached layers, in order. Adding costs O(1) a
 * piece; reading finds the piece by bisection and copies straight into the reader's buffer. Pieces are rows of numbers,
 * because a sparse file may have millions.
 */
export class Rope implements ByteSource {
  readonly #sources: ByteSource[] = [];
  readonly #numbers = new Map<ByteSource, number>();
  #pieces = new Float64Array(ROW);
  #count = 0;
  #literals: Uint8Array = NO_LITERALS;
  #literalLength = 0;
  #length = 0;
  #cursor = 0;

  get length(): number {
    return this.#length;
  }

  /** Makes room for so many more pieces. */
  reserve(pieces: number): this {
    const needed = ROW * (this.#count + pieces);
    if (needed <= this.#pieces.length) return this;
    const grown = new Float64Array(
      Math.max(needed, ROW * Math.ceil((1.5 * this.#pieces.length) / ROW)),
    );
    grown.set(this.#pieces.subarray(0, ROW * this.#count));
    this.#pieces = grown;
    return this;
  }

  /** Appends a copy of `bytes`. */
  literal(bytes: Uint8Array): this {
    const needed = this.#literalLength + bytes.length;
    if (needed > this.#literals.length) {
      const grown = new Uint8Array(Math.max(needed, this.#literals.length * 2, 256));
      grown.set(this.#literals.subarray(0, this.#literalLength));
      this.#literals = grown;
    }
    this.#literals.set(bytes, this.#literalLength);
    this.#push(LITERALS, this.#literalLength, bytes.length);
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
    return this.#push(number, offset, length);
  }

  /** As {@link slice}, of all where nothing is said; another rope's pieces are taken over one by one, so that ropes never nest. */
  append(source: ByteSource, offset = 0, length: number = source.length - offset): this {
    if (!(source instanceof Rope)) return this.slice(source, offset, length);
    checkRange(source, offset, length);
    const end = offset + length;
    for (let index = source.#find(offset); length > 0 && index < source.#count; index++) {
      const [start, number, first] = source.#row(index);
      if (start >= end) break;
      const from = first + Math.max(0, offset - start);
      const count = Math.min(end, source.#end(index)) - Math.max(offset, start);
      if (number === ZEROS) this.zeros(count);
      else if (number === LITERALS) this.literal(source.#literals.subarray(from, from + count));
      else this.slice(source.#sources[number]!, from, count);
    }
    return this;
  }

  zeros(length: number): this {
    return this.#push(ZEROS, 0, length);
  }

  /**
   * What a range is made of, as text: equal texts are equal bytes, but not the other way round. Says the same of ranges of
   * different ropes. undefined of more than `most` pieces.
   */
  composition(offset: number, length: number, most: number): string | undefined {
    checkRange(this, offset, length);
    const end = offset + length;
    const parts: string[] = [];
    for (let index = this.#find(offset); length > 0 && index < this.#count; index++) {
      const [start, number, first] = this.#row(index);
      if (start >= end) break;
      if (parts.length === most) return undefined;
      const from = first + Math.max(0, offset - start);
      const count = Math.min(end, this.#end(index)) - Math.max(offset, start);
      if (number === ZEROS) parts.push(`0:${count}`);
      else if (number === LITERALS) {
        const literal = this.#literals.subarray(from, from + count);
        parts.push(`=${Buffer.from(literal).toString('base64')}`);
      } else parts.push(`${nameOf(this.#sources[number]!)}:${from}:${count}`);
    }
    return parts.join(' ');
  }

  /** True where a part of it is. */
  get isStandIn(): boolean {
    return this.#sources.some(({ isStandIn }) => isStandIn);
  }

  summary(offset: number, length: number): Uint8Array {
    checkRange(this, offset, length);
    const end = offset + length;
    const parts: Uint8Array[] = [];
    for (let index = this.#find(offset); length > 0 && index < this.#count; index++) {
      const [start, number, first] = this.#row(index);
      if (start >= end) break;
      const from = first + Math.max(0, offset - start);
      const count = Math.min(end, this.#end(index)) - Math.max(offset, start);
      const source = this.#sources[number];
      if (number === ZEROS) parts.push(Buffer.from(`0:${count}`));
      else if (!source) parts.push(this.#literals.slice(from, from + count));
      else if (source.isStandIn) parts.push(source.summary!(from, count));
      else parts.push(readRange(source, from, count));
    }
    return new Uint8Array(Buffer.concat(parts));
  }

  read(offset: number, into: Uint8Array): void {
    checkRange(this, offset, into.length);
    let index = this.#find(offset);
    for (let done = 0; done < into.length; index++) {
      const [start, source, first] = this.#row(index);
      const skip = offset + done - start;
      const count = Math.min(this.#end(index) - start - skip, into.length - done);
      const target = into.subarray(done, done + count);
      const from = first + skip;
      if (source === ZEROS) target.fill(0);
      else if (source === LITERALS) target.set(this.#literals.subarray(from, from + count));
      else this.#sources[source]!.read(from, target);
      done += count;
      this.#cursor = index;
    }
  }

  describe(): RopeDescriptor {
    const literals = shared(this.#literals.subarray(0, this.#literalLength));
    const numbers = ROW * this.#count;
    const pieces = new Float64Array(new SharedArrayBuffer(8 * numbers));
    pieces.set(this.#pieces.subarray(0, numbers));
    const sources = this.#sources.map(describeSource).map((source) =>
      // However many threads and calls it is sent to, it is copied once.
      'bytes' in source ? { bytes: shared(source.bytes) } : source,
    );
    return { sources, literals, pieces, length: this.#length };
  }

  /** What is described is never written to: the first append to the new rope copies it. */
  static open(descriptor: RopeDescriptor): Rope {
    const rope = new Rope();
    rope.#sources.push(...descriptor.sources.map(openSource));
    for (const [number, source] of rope.#sources.entries()) rope.#numbers.set(source, number);
    rope.#literals = descriptor.literals;
    rope.#literalLength = descriptor.literals.length;
    rope.#pieces = descriptor.pieces as Float64Array<ArrayBuffer>;
    rope.#count = descriptor.pieces.length / ROW;
    rope.#length = descriptor.length;
    return rope;
  }

  /** Gives back the file descriptors of its sources; they are opened again where it is read. */
  close(): void {
    for (const source of this.#sources) if (source instanceof FileSource) source.close();
  }

  #push(source: number, offset: number, length: number): this {
    if (length === 0) return this;
    if (this.#continues(source, offset)) {
      this.#length += length;
      return this;
    }
    this.reserve(1);
    const at = ROW * this.#count++;
    this.#pieces[at + START] = this.#length;
    this.#pieces[at + SOURCE] = source;
    this.#pieces[at + OFFSET] = offset;
    this.#length += length;
    return this;
  }

  /** True where bytes of a source follow those that were appended last. */
  #continues(source: number, offset: number): boolean {
    if (this.#count === 0 || source === ZEROS) return false;
    const [start, last, first] = this.#row(this.#count - 1);
    return last === source && first + this.#length - start === offset;
  }

  #row(index: number): readonly [start: number, source: number, offset: number] {
    const at = ROW * index;
    return [this.#pieces[at + START]!, this.#pieces[at + SOURCE]!, this.#pieces[at + OFFSET]!];
  }

  #end(index: number): number {
    return index + 1 < this.#count ? this.#pieces[ROW * (index + 1) + START]! : this.#length;
  }

  /** Index of the piece that holds `offset`; streams are read forwards, so the last piece is tried first. */
  #find(offset: number): number {
    const startOf = (index: number): number => this.#pieces[ROW * index + START]!;
    let low = this.#count > 0 && startOf(this.#cursor) <= offset ? this.#cursor : 0;
    let high = this.#count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (startOf(middle) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
