import type { ByteSource } from '../streams/source.ts';

/** Compresses one unit (stream, chunk or file) to one self-contained piece. */
export interface Codec {
  /** Canonical id without the unit: `none`, `gzip:level=6`, `zstd:level=3`. */
  readonly id: string;
  /** Suffix of an OCI layer media type: '' | '+gzip' | '+zstd'. */
  readonly mediaTypeSuffix: string;
  /** As {@link mediaTypeSuffix}, of a piece whose compression is its own. @param length of the content: bytes */
  suffixOf?(stored: ByteSource, length: number): string;
  /** Same bytes on every runtime and machine. The result never aliases the codec's memory; it may be the input itself. */
  compress(bytes: Uint8Array): Uint8Array;
  /** Gets ready for so many bytes in all, where that is worth while. */
  prepare?(bytes: number): Promise<void>;
  /** @param length the exact length of the result, bytes; anything else is a VerificationError */
  decompress(bytes: Uint8Array, length: number): Uint8Array;
  /** The same for long pieces; absent where a piece must be held whole. */
  readonly steps?: StepCodec;
  /** Pieces up to this length have other bytes by steps, and are held whole: bytes. */
  readonly heldBytes?: number;
}

/** Takes and gives a piece step by step. What it gives may be used until the next step is taken. */
export interface StepCodec {
  compress(content: Iterable<Uint8Array>): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /** Throws a VerificationError where the data is damaged; the length is left to the caller. */
  decompress(stored: ByteSource, length: number): AsyncIterable<Uint8Array>;
}
