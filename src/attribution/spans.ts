/** What uncompressed bytes are, by what may make them be stored or fetched again. */
export type SpanKind =
  /** Of a file. */
  | 'content'
  /** Of a path: header, inode, name, padding. */
  | 'header'
  /** As a header, and it repeats the digests of the content. */
  | 'entry'
  /** Directories with all that is in them, an object each. */
  | 'listing'
  /** Where something lies. */
  | 'index';

/** A path of one image as one of its layers, or the merged tree, has it. */
export interface Owner {
  /** latin1, as in the tree. */
  readonly path: string;
  /** Number of the layer that it comes from, from 0; undefined where none describes it. */
  readonly layer: number | undefined;
  readonly package: string | undefined;
  readonly sourcePackage: string | undefined;
  /** All that is known of it but its content, as text that is equal where it is. */
  readonly print: string;
  /** sha256 of the content, hexadecimal; undefined where it has none. */
  readonly content: string | undefined;
}

/** What belongs to no path. */
export type Part = 'manifest' | 'configuration' | 'index' | 'archive';

export type Belonging = Owner | Part;

/** Some bytes that belong together. */
export interface Span {
  readonly length: number;
  readonly of: Belonging;
  readonly kind: SpanKind;
}

/** What the bytes of a stream are, without gaps. */
export class Spans {
  /** Where each ends: bytes. */
  readonly #ends: number[] = [];
  readonly #of: Belonging[] = [];
  readonly #kinds: SpanKind[] = [];
  /** What a stream of no bytes is. */
  #empty: Span | undefined;

  get length(): number {
    return this.#ends.at(-1) ?? 0;
  }

  add(length: number, of: Belonging, kind: SpanKind): this {
    this.#empty ??= { length: 0, of, kind };
    if (length <= 0) return this;
    const end = this.length + length;
    if (this.#of.at(-1) === of && this.#kinds.at(-1) === kind) {
      this.#ends[this.#ends.length - 1] = end;
      return this;
    }
    this.#ends.push(end);
    this.#of.push(of);
    this.#kinds.push(kind);
    return this;
  }

  /** Those that lie in a range, cut at its ends; of an empty range the one that it lies in or behind, of no length. */
  within(offset: number, length: number): readonly Span[] {
    const found: Span[] = [];
    if (this.#ends.length === 0 && this.#empty) return [this.#empty];
    const end = offset + length;
    for (let index = this.#find(offset); index < this.#ends.length; index++) {
      const start = Math.max(offset, index > 0 ? this.#ends[index - 1]! : 0);
      if (start >= end && found.length > 0) break;
      const count = Math.max(0, Math.min(end, this.#ends[index]!) - start);
      found.push({ length: count, of: this.#of[index]!, kind: this.#kinds[index]! });
    }
    return found;
  }

  /** Index of the span that holds the byte at `offset`; the last one where there is none. */
  #find(offset: number): number {
    let [low, high] = [0, this.#ends.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ends[middle]! > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
