import { SkippedError } from '../errors.ts';
import { limits } from '../limits.ts';
import { Rope } from '../streams/rope.ts';
import { type ByteSource, pieces, readRange } from '../streams/source.ts';
import { lastData } from '../trees/segments.ts';
import { escapeAsGo } from './toc.ts';
import { listFiles } from './ztoc-files.ts';

/**
 * tar-split's stream of a layer (vbatts/tar-split, tar/asm and tar/storage): a row of JSON for what lies between contents, and one for
 * each entry with the CRC-64 of its content. With the contents it makes the tar again, byte for byte.
 */

const FILE = 1;
const SEGMENT = 2;
/** Most of the bytes after the last entry in one row. */
const PADDING_PIECE = 1 << 20;

/**
 * undefined where files of the layer are sparse: their contents lie in several places. Throws a SkippedError where it is longer
 * than one call of a codec takes.
 */
export function writeTarSplit(tar: ByteSource): Uint8Array | undefined {
  const { files, archiveBytes } = listFiles(tar);
  const rows = new RowWriter();
  let end = 0;
  for (const { entry, contentOffset } of files) {
    const { path, segments, size } = entry;
    if (segments.length > 1 || (size > 0 && lastData(segments)?.length !== size)) return undefined;
    rows.segment(readRange(tar, end, contentOffset - end));
    const content = new Rope().slice(tar, contentOffset, size);
    rows.file(Buffer.from(path, 'latin1'), size, size > 0 ? crc64(content) : undefined);
    end = contentOffset + size;
  }
  rows.segment(readRange(tar, end, archiveBytes - end));
  for (let at = archiveBytes; at < tar.length; at += PADDING_PIECE) {
    rows.segment(readRange(tar, at, Math.min(PADDING_PIECE, tar.length - at)));
  }
  return rows.finish();
}

class RowWriter {
  readonly #rows: Buffer[] = [];
  #length = 0;

  segment(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#add(SEGMENT, {}, bytes);
  }

  /** @param checksum of the content; undefined where there is none */
  file(name: Buffer, size: number, checksum: Uint8Array | undefined): void {
    const text = name.toString('utf8');
    const isText = Buffer.from(text, 'utf8').equals(name);
    const named = isText ? { name: text } : { name_raw: name.toString('base64') };
    this.#add(FILE, { ...named, ...(size > 0 ? { size } : {}) }, checksum);
  }

  finish(): Uint8Array {
    return Buffer.concat(this.#rows, this.#length);
  }

  #add(type: number, fields: object, payload: Uint8Array | undefined): void {
    const base64 = payload === undefined ? null : Buffer.from(payload).toString('base64');
    const row = { type, ...fields, payload: base64, position: this.#rows.length };
    const bytes = Buffer.from(`${escapeAsGo(JSON.stringify(row))}\n`);
    this.#rows.push(bytes);
    this.#length += bytes.length;
    if (this.#length <= limits.solidBytes) return;
    throw new SkippedError(
      'the tar-split data of a layer is longer than a codec takes at once',
      {},
      'names and attributes of this image are too long for this format: choose another model',
    );
  }
}

/** The reflected polynomial of ISO 3309; its low half is zero, so that each entry of the table has a high half alone. */
const POLYNOMIAL = 0xd8000000;

const TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let [high, low] = [0, byte];
  for (let bit = 0; bit < 8; bit++) {
    const isSet = (low & 1) === 1;
    low = ((low >>> 1) | (high << 31)) >>> 0;
    high = (high >>> 1) ^ (isSet ? POLYNOMIAL : 0);
  }
  return high >>> 0;
});

/** CRC-64 as Go's `crc64.ISO` has it, big endian. Four bytes at a time: none of their entries reaches the low half before them. */
export function crc64(source: ByteSource): Uint8Array {
  let [high, low] = [-1, -1];
  for (const piece of pieces(source)) {
    let at = 0;
    for (const whole = piece.length - (piece.length % 4); at < whole; at += 4) {
      const word = low ^ wordAt(piece, at);
      const one = TABLE[word & 0xff]!;
      const two = TABLE[(word >>> 8) & 0xff]!;
      const three = TABLE[(word >>> 16) & 0xff]!;
      const four = TABLE[word >>> 24]!;
      low = high ^ (one << 8) ^ (two << 16) ^ (three << 24);
      high = (one >>> 24) ^ (two >>> 16) ^ (three >>> 8) ^ four;
    }
    for (; at < piece.length; at++) {
      const entry = TABLE[(low ^ piece[at]!) & 0xff]!;
      low = (low >>> 8) | (high << 24);
      high = (high >>> 8) ^ entry;
    }
  }
  const bytes = Buffer.alloc(8);
  bytes.writeInt32BE(~high, 0);
  bytes.writeInt32BE(~low, 4);
  return bytes;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}
