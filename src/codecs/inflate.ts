import {
  Z_BLOCK,
  Z_NO_FLUSH,
  Z_OK,
  Z_STREAM_END,
  ZStream,
  zlibInflate,
  zlibInflateInit2,
  zlibInflateReset2,
  zlibInflateSetDictionary,
} from 'pako';
import { VerificationError } from '../errors.ts';

/**
 * Inflate with entry points (RFC 1951, RFC 1952; the idea is that of zlib's examples/zran.c): where a block ends, the next
 * one can be read by who knows the bit it starts at and the 32 KiB before it.
 */

/** Farthest that a match reaches back: bytes. */
export const WINDOW_BYTES = 32768;
/** Window bits of zlib: gzip with header and trailer, and deflate data alone. */
const GZIP = 15 + 16;
const RAW = -15;
const TRAILER_BYTES = 8;
/** What `data_type` says after a block: bits not yet used in the last byte, in the last block, at the end of a block. */
const UNUSED_BITS = 7;
const IN_LAST_BLOCK = 64;
const AT_BLOCK_END = 128;

/** Where inflating can start. */
export interface Checkpoint {
  /** First compressed byte of which nothing is used yet. */
  readonly compressedOffset: number;
  /** Bits of the byte before that belong to what follows: 0 to 7, the upper ones. */
  readonly bits: number;
  /** Of the first byte that comes out. */
  readonly offset: number;
  /** What came out before, {@link WINDOW_BYTES} of it; zeros where there was less. */
  readonly window: Uint8Array;
}

/**
 * The first block of a gzip file (any number of members) and the first block after every further `span` bytes of content.
 *
 * @param span least distance of two checkpoints, exclusive: bytes of content
 */
export function findCheckpoints(gzip: Uint8Array, span: number): readonly Checkpoint[] {
  const checkpoints: Checkpoint[] = [];
  const output = new Uint8Array(WINDOW_BYTES);
  const stream = openStream(GZIP, gzip);
  let [offset, last] = [0, 0];
  for (;;) {
    if (stream.avail_out === 0) setOutput(stream, output);
    const room = stream.avail_out;
    const status = zlibInflate(stream, Z_BLOCK);
    offset += room - stream.avail_out;
    if (status === Z_STREAM_END) {
      if (!startsMember(stream)) return checkpoints;
      check(zlibInflateReset2(stream, GZIP), stream);
      continue;
    }
    check(status, stream);
    const isEntry =
      (stream.data_type & AT_BLOCK_END) > 0 && (stream.data_type & IN_LAST_BLOCK) === 0;
    if (!isEntry || (checkpoints.length > 0 && offset - last <= span)) continue;
    const window = new Uint8Array(WINDOW_BYTES);
    window.set(output.subarray(stream.next_out));
    window.set(output.subarray(0, stream.next_out), stream.avail_out);
    const bits = stream.data_type & UNUSED_BITS;
    checkpoints.push({ compressedOffset: stream.next_in, bits, offset, window });
    last = offset;
  }
}

/**
 * The content from one checkpoint on.
 *
 * @param gzip from {@link spanStart} of the checkpoint on, at least as far as the content reaches
 * @param length of the content: bytes
 */
export function inflateFrom(
  checkpoint: Pick<Checkpoint, 'bits' | 'window'>,
  gzip: Uint8Array,
  length: number,
): Uint8Array {
  const output = new Uint8Array(length);
  if (gzip.length === 0 && length > 0) throw endsEarly(0, length);
  const stream = openStream(RAW, gzip);
  check(zlibInflateSetDictionary(stream, checkpoint.window), stream);
  if (checkpoint.bits > 0) prime(stream, checkpoint.bits);
  setOutput(stream, output);
  for (let isFirst = true; stream.avail_out > 0; ) {
    const status = zlibInflate(stream, Z_NO_FLUSH);
    if (status !== Z_STREAM_END) {
      check(status, stream);
      continue;
    }
    if (stream.avail_out === 0) break;
    // Deflate data alone ends before the trailer of its member.
    if (isFirst) skip(stream, TRAILER_BYTES);
    isFirst = false;
    if (!startsMember(stream)) throw endsEarly(length - stream.avail_out, length);
    check(zlibInflateReset2(stream, GZIP), stream);
  }
  return output;
}

/** Where the bytes start that a client needs to inflate from a checkpoint. */
export function spanStart({ compressedOffset, bits }: Checkpoint): number {
  return bits > 0 ? compressedOffset - 1 : compressedOffset;
}

function openStream(windowBits: number, input: Uint8Array): ZStream {
  const stream = new ZStream();
  check(zlibInflateInit2(stream, windowBits), stream);
  stream.input = input;
  stream.avail_in = input.length;
  return stream;
}

function setOutput(stream: ZStream, output: Uint8Array<ArrayBuffer>): void {
  stream.output = output;
  stream.next_out = 0;
  stream.avail_out = output.length;
}

/** Takes the upper bits of the next byte as read already. pako has no inflatePrime, which sets the same two fields. */
function prime(stream: ZStream, bits: number): void {
  const state = stream.state as { hold: number; bits: number };
  state.hold = stream.input[stream.next_in]! >> (8 - bits);
  state.bits = bits;
  skip(stream, 1);
}

function skip(stream: ZStream, bytes: number): void {
  stream.next_in += bytes;
  stream.avail_in -= bytes;
}

/** What follows the last member, such as padding, is none. */
function startsMember({ input, next_in, avail_in }: ZStream): boolean {
  return avail_in >= 2 && input[next_in] === 0x1f && input[next_in + 1] === 0x8b;
}

function check(status: number, { next_in, msg }: ZStream): void {
  if (status === Z_OK) return;
  throw new VerificationError(
    `not the gzip data it should be${msg ? `: ${msg}` : ''}`,
    { offset: next_in },
    'the store is damaged: pack again',
  );
}

function endsEarly(length: number, wanted: number): VerificationError {
  return new VerificationError(
    `the gzip data ends after ${length} of ${wanted} bytes`,
    {},
    'the store is damaged: pack again',
  );
}
