import type { Fingerprint } from '../chunkers/fingerprint.ts';
import { type ByteSource, MemorySource } from '../streams/source.ts';
import { ANCHOR_CONTEXT, anchorsOf } from './anchors.ts';

/** Bytes of a digest of xxh128. */
export const DIGEST_BYTES = 16;
const PIECE_BYTES = 1 << 20;

/**
 * A stream whose bytes are digested once for many divisions into chunks. The bytes between two anchors are an *atom*.
 *
 *     fingerprint(chunk) = xxh128(sizes ‖ bytes before its first anchor ‖ digests of its atoms ‖ bytes from its last anchor)
 *
 * The anchors of a chunk are those that its own bytes decide, so equal chunks give equal fingerprints wherever they lie and
 * whatever other chunkers do; and the message says all there is to know, so others differ, short of a collision.
 */
export class AtomisedStream {
  readonly #source: ByteSource;
  readonly #fingerprint: Fingerprint;
  readonly #anchors: Float64Array;
  /** Atom i lies between anchors i and i + 1. */
  readonly #atoms: Uint8Array;
  readonly #sizes = new Uint32Array(3);
  readonly #sizeBytes = new Uint8Array(this.#sizes.buffer);

  /** @param fingerprint an xxh128 that nobody else uses meanwhile */
  constructor(source: ByteSource, fingerprint: Fingerprint) {
    this.#source = source;
    this.#fingerprint = fingerprint;
    this.#anchors = anchorsOf(source);
    this.#atoms = new Uint8Array(DIGEST_BYTES * Math.max(0, this.#anchors.length - 1));
    for (let number = 0; number + 1 < this.#anchors.length; number++) {
      this.#update(this.#anchors[number]!, this.#anchors[number + 1]!);
      this.#atoms.set(fingerprint.digest(), DIGEST_BYTES * number);
    }
  }

  /** Calls back with the fingerprint and length of each of the consecutive chunks, which cover the stream: bytes. */
  chunks(lengths: Float64Array, each: (digest: Uint8Array, length: number) => void): void {
    const anchors = this.#anchors;
    let start = 0;
    let first = 0;
    for (const length of lengths) {
      const end = start + length;
      while (first < anchors.length && anchors[first]! < start + ANCHOR_CONTEXT) first++;
      let next = first;
      while (next < anchors.length && anchors[next]! < end) next++;
      each(this.#chunk(start, end, first, next), length);
      start = end;
      first = next;
    }
  }

  /** @param next the first anchor at or after the end */
  #chunk(start: number, end: number, first: number, next: number): Uint8Array {
    if (next - first < 2) {
      // No atom: the message is the chunk. Its length, below, is no less part of a message with atoms.
      this.#header(end - start, 0, 0);
      this.#update(start, end);
      return this.#fingerprint.digest();
    }
    const head = this.#anchors[first]!;
    const tail = this.#anchors[next - 1]!;
    this.#header(head - start, next - 1 - first, end - tail);
    this.#update(start, head);
    this.#fingerprint.update(this.#atoms.subarray(DIGEST_BYTES * first, DIGEST_BYTES * (next - 1)));
    this.#update(tail, end);
    return this.#fingerprint.digest();
  }

  #header(head: number, atoms: number, tail: number): void {
    this.#sizes[0] = head;
    this.#sizes[1] = atoms;
    this.#sizes[2] = tail;
    this.#fingerprint.update(this.#sizeBytes);
  }

  #update(start: number, end: number): void {
    if (this.#source instanceof MemorySource) {
      this.#fingerprint.update(this.#source.bytes.subarray(start, end));
      return;
    }
    const piece = new Uint8Array(Math.min(PIECE_BYTES, end - start));
    for (let at = start; at < end; at += piece.length) {
      const bytes = piece.subarray(0, end - at);
      this.#source.read(at, bytes);
      this.#fingerprint.update(bytes);
    }
  }
}
