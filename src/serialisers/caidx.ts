import { InputError } from '../errors.ts';
import { CATAR, FEATURE_FLAGS } from './catar-format.ts';
import { words } from './catar-writer.ts';
import type { StreamReference } from './serialiser.ts';

/** casync's chunk index (.caidx, .caibx): where each chunk of a stream ends, and its digest. 40 bytes a chunk. */

export interface IndexInput {
  /** Bounds the chunker was given: bytes. */
  readonly minimum: number;
  readonly average: number;
  readonly maximum: number;
  readonly chunks: StreamReference['chunks'];
}

const HEADER = 48;
const TABLE_HEADER = 16;
const ITEM = 40;
/** Feature flag of archives and indexes whose chunks are named by SHA-512/256, casync's default. */
const SHA512_256 = 1n << 61n;
const UNKNOWN_SIZE = 0xffffffffffffffffn;

export function writeIndex({ minimum, average, maximum, chunks }: IndexInput): Uint8Array {
  const tableSize = TABLE_HEADER + ITEM * (chunks.length + 1);
  const bytes = new Uint8Array(HEADER + tableSize);
  const bounds = [BigInt(minimum), BigInt(average), BigInt(maximum)];
  bytes.set(
    words(BigInt(HEADER), CATAR.index, FEATURE_FLAGS, ...bounds, UNKNOWN_SIZE, CATAR.table),
  );
  const view = new DataView(bytes.buffer);
  let at = HEADER + TABLE_HEADER;
  let end = 0;
  for (const { digest, length } of chunks) {
    end += length;
    view.setBigUint64(at, BigInt(end), true);
    bytes.set(digest, at + 8);
    at += ITEM;
  }
  bytes.set(words(0n, 0n, BigInt(HEADER), BigInt(tableSize), CATAR.tableTail), at);
  return bytes;
}

/** Throws an InputError where the bytes are no index. */
export function readIndex(bytes: Uint8Array): StreamReference {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const tail = bytes.length - ITEM;
  const isIndex =
    tail >= HEADER + TABLE_HEADER &&
    (tail - HEADER - TABLE_HEADER) % ITEM === 0 &&
    view.getBigUint64(0, true) === BigInt(HEADER) &&
    view.getBigUint64(8, true) === CATAR.index &&
    view.getBigUint64(HEADER + 8, true) === CATAR.table &&
    view.getBigUint64(tail + 32, true) === CATAR.tableTail;
  if (!isIndex) throw new InputError('this is no casync index', {}, 'pack the image again');
  if (view.getBigUint64(16, true) & SHA512_256) {
    throw new InputError(
      'the chunks of this index are named by SHA-512/256',
      {},
      'make it with casync --digest=sha256',
    );
  }
  const chunks: StreamReference['chunks'][number][] = [];
  let end = 0;
  for (let at = HEADER + TABLE_HEADER; at < tail; at += ITEM) {
    const next = Number(view.getBigUint64(at, true));
    if (next <= end || !Number.isSafeInteger(next)) {
      throw new InputError(
        'chunks of the index are empty or overlap',
        { offset: at },
        'pack again',
      );
    }
    chunks.push({ digest: bytes.subarray(at + 8, at + ITEM), length: next - end });
    end = next;
  }
  return { length: end, chunks };
}
