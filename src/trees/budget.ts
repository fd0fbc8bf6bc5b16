import { InputError, type Where } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Segments } from './tree.ts';

/**
 * What a segment of a sparse file takes at the peak, in the tree and in the streams that are made of it: bytes. An extent is a
 * segment and the hole before it.
 */
export const SEGMENT_BYTES = 50;
/** What an attribute takes beside its name and value: bytes. */
export const RECORD_BYTES = 256;

/** What may be used: a bound of limits.ts. */
type Bound = 'metadataBytes' | 'listingBytes';

/**
 * The memory that one tree may take for what its archive says in so many words. A few bytes of input can ask for as much as
 * they like (a path that repeats the one before, attributes of a global header), so that no bound on counts or on the input
 * bounds it. What was charged is never given back: what later layers hide is held while they are read.
 */
export class Budget {
  readonly #name: Bound;
  readonly #limit: number;
  #used = 0;

  constructor(name: Bound = 'metadataBytes') {
    this.#name = name;
    this.#limit = limits[name];
  }

  /** Bytes. */
  get used(): number {
    return this.#used;
  }

  /** Throws an InputError where more than the whole is used. */
  charge(bytes: number, where: Where): void {
    this.#used += bytes;
    if (this.#used <= this.#limit) return;
    throw new InputError(
      `names, attributes and maps of sparse files take more than ${this.#limit} bytes`,
      where,
      `leave out what has such long ones, or raise limits.${this.#name}`,
    );
  }

  /** An attribute or another record, with its name. */
  chargeRecord(name: string, value: { readonly length: number }, where: Where): void {
    this.charge(RECORD_BYTES + name.length + value.length, where);
  }

  /** The first segment belongs to what every file takes. */
  chargeSegments({ length }: Segments, where: Where): void {
    if (length > 1) this.charge(SEGMENT_BYTES * (length - 1), where);
  }
}
