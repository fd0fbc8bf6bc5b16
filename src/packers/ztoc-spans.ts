import {
  type Checkpoint,
  findCheckpoints,
  inflateFrom,
  spanStart,
  WINDOW_BYTES,
} from '../codecs/inflate.ts';
import { VerificationError } from '../errors.ts';
import { sha256 } from './blobs.ts';

/**
 * Parts of a layer that can be read by themselves: the `zinfo` of a zTOC (awslabs/soci-snapshotter, ztoc/compression). Of
 * gzip it has the state of the decompressor at every span, packed without gaps, little endian:
 *
 *     count:i32 span:i64 (compressed offset:i64 offset:i64 bits:u8 window:32768)*
 *
 * An uncompressed layer needs none: its spans are equally long.
 */
export type Compression = 'gzip' | 'uncompressed';

/** One part: bytes. */
export interface Span {
  /** Where it lies in the layer as it is stored. Of two neighbours in gzip, both need a byte that they share. */
  readonly offset: number;
  readonly length: number;
  /** Where its content starts. */
  readonly contentOffset: number;
  /** Absent where nothing is compressed. */
  readonly checkpoint?: Checkpoint;
}

const HEADER = 4 + 8;
const CHECKPOINT = 8 + 8 + 1 + WINDOW_BYTES;

/** @param size of a span's content, at least: bytes */
export function findSpans(
  stored: Uint8Array,
  compression: Compression,
  size: number,
): readonly Span[] {
  return compression === 'gzip'
    ? spansBetween(findCheckpoints(stored, size), stored.length)
    : equalSpans(size, stored.length);
}

export function equalSpans(size: number, storedBytes: number): readonly Span[] {
  return Array.from({ length: Math.ceil(storedBytes / size) }, (_, number) => {
    const offset = number * size;
    return { offset, length: Math.min(size, storedBytes - offset), contentOffset: offset };
  });
}

function spansBetween(checkpoints: readonly Checkpoint[], storedBytes: number): readonly Span[] {
  return checkpoints.map((checkpoint, number) => {
    const offset = spanStart(checkpoint);
    const end = checkpoints[number + 1]?.compressedOffset ?? storedBytes;
    return { offset, length: end - offset, contentOffset: checkpoint.offset, checkpoint };
  });
}

export function writeCheckpoints(spans: readonly Span[], size: number): Uint8Array {
  const bytes = new Uint8Array(HEADER + CHECKPOINT * spans.length);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, spans.length, true);
  view.setBigInt64(4, BigInt(size), true);
  for (const [number, { checkpoint }] of spans.entries()) {
    const at = HEADER + CHECKPOINT * number;
    view.setBigInt64(at, BigInt(checkpoint!.compressedOffset), true);
    view.setBigInt64(at + 8, BigInt(checkpoint!.offset), true);
    view.setUint8(at + 16, checkpoint!.bits);
    bytes.set(checkpoint!.window, at + 17);
  }
  return bytes;
}

/** @param storedBytes length of the layer as it is stored */
export function readCheckpoints(bytes: Uint8Array, storedBytes: number): readonly Span[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = bytes.length < HEADER ? 0 : view.getInt32(0, true);
  if (count < 1 || bytes.length !== HEADER + CHECKPOINT * count) {
    throw damaged(`${count} checkpoints in ${bytes.length} bytes`);
  }
  const checkpoints = Array.from({ length: count }, (_, number) => {
    const at = HEADER + CHECKPOINT * number;
    return {
      compressedOffset: Number(view.getBigInt64(at, true)),
      offset: Number(view.getBigInt64(at + 8, true)),
      bits: view.getUint8(at + 16),
      window: bytes.subarray(at + 17, at + CHECKPOINT),
    };
  });
  for (const [number, { compressedOffset, offset, bits }] of checkpoints.entries()) {
    const previous = checkpoints[number - 1];
    const follows = previous
      ? compressedOffset > previous.compressedOffset && offset > previous.offset
      : compressedOffset > 0 && offset === 0;
    if (!follows || compressedOffset > storedBytes || bits > 7) {
      throw damaged(`checkpoint ${number} lies at ${compressedOffset}, content ${offset}`);
    }
  }
  return spansBetween(checkpoints, storedBytes);
}

/** Of a span as it is stored. */
export function digestSpan(stored: Uint8Array): string {
  return `sha256:${sha256(stored)}`;
}

/**
 * The layer from its spans, each read from its own checkpoint.
 *
 * @param digests of the spans as they are stored, `sha256:…`
 * @param length of the layer: bytes
 * @param read bytes of the layer as it is stored
 */
export function restoreSpans(
  spans: readonly Span[],
  digests: readonly string[],
  length: number,
  read: (offset: number, length: number) => Uint8Array,
): Uint8Array {
  const content = new Uint8Array(length);
  for (const [number, span] of spans.entries()) {
    const end = spans[number + 1]?.contentOffset ?? length;
    if (end > length) throw damaged(`span ${number} ends beyond the layer`);
    const stored = read(span.offset, span.length);
    const digest = digestSpan(stored);
    if (digest !== digests[number]) throw damaged(`span ${number} has ${digest}`);
    const bytes = span.checkpoint
      ? inflateFrom(span.checkpoint, stored, end - span.contentOffset)
      : stored;
    content.set(bytes, span.contentOffset);
  }
  return content;
}

function damaged(what: string): VerificationError {
  return new VerificationError(
    `the zTOC does not fit its layer: ${what}`,
    {},
    'the store is damaged: pack again',
  );
}
