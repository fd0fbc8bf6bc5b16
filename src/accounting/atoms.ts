import type { Fingerprint } from '../chunkers/fingerprint.ts';
import { type ByteSource, MemorySource } from '../streams/source.ts';
import { ANCHOR_CONTEXT, anchorsOf } from './anchors.ts';

/** Bytes of a digest of xxh128. */
export const DIGEST_BYTES = 16;
const DIGEST_WORDS = DIGEST_BYTES / 4;
const PIECE_BYTES = 1 << 20;

/**
 * A stream whose bytes are digested once for many divisions into chunks. The bytes between two anchors are an *atom*; those
 * from a chunk's start to its first anchor its *head*, from its last anchor to its end its *tail*.
 *
 *     fingerprint(chunk) = xxh128(sizes ‖ xxh128(head) ‖ xxh128(atom)… ‖ xxh128(tail))
 *     fingerprint(chunk) = xxh128(bytes)                                     with fewer than two anchors
 *
 * The anchors of a chunk are those that its own bytes decide, so equal chunks give equal fingerprints wherever they lie and
 * whatever other chunkers do; and the message says all there is to know, so others differ, short of a collision. A head
 * depends on where the chunk starts and a tail on where it ends: chunkers that cut at the same place share them.
 */
export class AtomisedStream {
  readonly #source: ByteSource;
  readonly #fingerprint: Fingerprint;
  readonly #anchors: Float64Array;
  /** Atom i lies between anchors i and i + 1. */
  readonly #atoms: Digests;
  /** Every place where some chunk starts or ends, ascending; the tables below are by number of place. */
  readonly #places: Float64Array;
  readonly #heads: Digests;
  readonly #tails: Digests;
  /** Of the last chunk that started here, for chunkers that agree on it. */
  readonly #chunks: Digests;
  readonly #ends: Float64Array;
  /** Sizes (four words), head, atoms, tail. */
  #message = new Uint32Array(4096);

  /**
   * @param fingerprint an xxh128 that nobody else uses meanwhile
   * @param divisions lengths of the consecutive chunks, which cover the stream, by each chunker: bytes
   */
  constructor(source: ByteSource, fingerprint: Fingerprint, divisions: readonly Float64Array[]) {
    this.#source = source;
    this.#fingerprint = fingerprint;
    this.#anchors = anchorsOf(source);
    this.#atoms = new Digests(Math.max(0, this.#anchors.length - 1));
    for (let number = 0; number + 1 < this.#anchors.length; number++) {
      this.#atoms.write(number, this.#digest(this.#anchors[number]!, this.#anchors[number + 1]!));
    }
    this.#places = placesOf(divisions);
    this.#heads = new Digests(this.#places.length);
    this.#tails = new Digests(this.#places.length);
    this.#chunks = new Digests(this.#places.length);
    this.#ends = new Float64Array(this.#places.length).fill(-1);
  }

  /** Calls back with each chunk of a division: its digest is the {@link DIGEST_BYTES} at `offset`, valid until the next. */
  chunks(
    lengths: Float64Array,
    each: (digests: Uint8Array, offset: number, length: number) => void,
  ): void {
    const [anchors, places] = [this.#anchors, this.#places];
    let start = 0;
    let place = 0;
    let first = 0;
    for (const length of lengths) {
      const end = start + length;
      let endPlace = place;
      while (places[endPlace]! < end) endPlace++;
      while (first < anchors.length && anchors[first]! < start + ANCHOR_CONTEXT) first++;
      let next = first;
      while (next < anchors.length && anchors[next]! < end) next++;
      if (this.#ends[place] !== end) {
        this.#chunks.write(place, this.#chunk(place, endPlace, first, next));
        this.#ends[place] = end;
      }
      each(this.#chunks.bytes, DIGEST_BYTES * place, length);
      start = end;
      place = endPlace;
      first = next;
    }
  }

  /** @param next the first anchor at or after the end */
  #chunk(place: number, endPlace: number, first: number, next: number): Uint8Array {
    const [start, end] = [this.#places[place]!, this.#places[endPlace]!];
    if (next - first < 2) return this.#digest(start, end);
    const [head, tail] = [this.#anchors[first]!, this.#anchors[next - 1]!];
    // Where two anchors are the chunk's own, its head is settled by its start alone and its tail by its end.
    if (!this.#heads.has(place)) this.#heads.write(place, this.#digest(start, head));
    if (!this.#tails.has(endPlace)) this.#tails.write(endPlace, this.#digest(tail, end));
    const atoms = next - 1 - first;
    const words = DIGEST_WORDS * (atoms + 3);
    if (this.#message.length < words) this.#message = new Uint32Array(2 * words);
    const message = this.#message;
    message[0] = head - start;
    message[1] = atoms;
    message[2] = end - tail;
    message[3] = 0;
    this.#heads.copy(place, 1, message, DIGEST_WORDS);
    this.#atoms.copy(first, atoms, message, 2 * DIGEST_WORDS);
    this.#tails.copy(endPlace, 1, message, words - DIGEST_WORDS);
    this.#fingerprint.update(new Uint8Array(message.buffer, 0, 4 * words));
    return this.#fingerprint.digest();
  }

  #digest(start: number, end: number): Uint8Array {
    if (this.#source instanceof MemorySource) {
      this.#fingerprint.update(this.#source.bytes.subarray(start, end));
      return this.#fingerprint.digest();
    }
    const piece = new Uint8Array(Math.min(PIECE_BYTES, end - start));
    for (let at = start; at < end; at += piece.length) {
      const bytes = piece.subarray(0, end - at);
      this.#source.read(at, bytes);
      this.#fingerprint.update(bytes);
    }
    return this.#fingerprint.digest();
  }
}

/** A table of digests in one buffer. */
class Digests {
  readonly bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly #written: Uint8Array;

  constructor(count: number) {
    this.bytes = new Uint8Array(DIGEST_BYTES * count);
    this.#words = new Uint32Array(this.bytes.buffer);
    this.#written = new Uint8Array(count);
  }

  has(number: number): boolean {
    return this.#written[number] === 1;
  }

  write(number: number, digest: Uint8Array): void {
    this.bytes.set(digest, DIGEST_BYTES * number);
    this.#written[number] = 1;
  }

  /** Word by word: for few words, views cost more. */
  copy(number: number, count: number, into: Uint32Array, at: number): void {
    const from = DIGEST_WORDS * number;
    for (let word = 0; word < DIGEST_WORDS * count; word++) {
      into[at + word] = this.#words[from + word]!;
    }
  }
}

function placesOf(divisions: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(1 + divisions.reduce((sum, { length }) => sum + length, 0));
  let number = 1;
  for (const lengths of divisions) {
    let at = 0;
    for (const length of lengths) {
      at += length;
      all[number++] = at;
    }
  }
  all.sort();
  return all.filter((place, index) => index === 0 || place !== all[index - 1]);
}
