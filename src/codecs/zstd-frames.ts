import { InputError, type Where } from '../errors.ts';
import { limits } from '../limits.ts';
import { zstdEngine } from './zstd-engine.ts';

/**
 * zstd frame by frame (RFC 8878 §3.1): runtimes' own decoders stop after the first frame, or at a skippable one, without
 * an error, and would measure zstd:chunked layers as nearly empty.
 */

const FRAME = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
/** A block decompresses to at most this much: bytes. */
const BLOCK = 128 << 10;

/** Holds the compressed file and one frame in memory, both bounded by limits.solidBytes. */
export async function* decompressFrames(
  chunks: AsyncIterable<Uint8Array>,
  where: Where,
): AsyncGenerator<Uint8Array> {
  const engine = await zstdEngine();
  const bytes = await collect(chunks, where);
  for (let offset = 0; offset < bytes.length; ) {
    const frame = measureFrame(bytes, offset, { ...where, offset });
    if (!frame.isSkippable) {
      if (frame.bound > limits.solidBytes) {
        throw new InputError(
          `a zstd frame of up to ${frame.bound} bytes`,
          { ...where, offset },
          'compress in several frames: at most limits.solidBytes fit in WebAssembly memory',
        );
      }
      yield engine.decompress(bytes.subarray(offset, offset + frame.length), frame.bound);
    }
    offset += frame.length;
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>, where: Where): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of chunks) {
    parts.push(part);
    length += part.length;
    if (length > limits.solidBytes) {
      throw new InputError(
        `more than ${limits.solidBytes} bytes of zstd`,
        where,
        'recompress it with gzip',
      );
    }
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

interface Frame {
  readonly isSkippable: boolean;
  /** Compressed length: bytes. */
  readonly length: number;
  /** Upper bound of the content: bytes. */
  readonly bound: number;
}

function measureFrame(bytes: Uint8Array, start: number, where: Where): Frame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const need = (end: number): void => {
    if (end > bytes.length)
      throw new InputError('a zstd frame is cut short', where, 'copy or fetch it again');
  };
  need(start + 8);
  const magic = view.getUint32(start, true);
  if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) {
    const length = 8 + view.getUint32(start + 4, true);
    need(start + length);
    return { isSkippable: true, length, bound: 0 };
  }
  if (magic !== FRAME)
    throw new InputError('no zstd frame here', where, 'the file is followed by garbage');

  const descriptor = bytes[start + 4]!;
  const isSingle = (descriptor & 0x20) !== 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  let at = start + 5 + (isSingle ? 0 : 1) + dictionaryBytes;
  need(at + sizeBytes);
  const stated = sizeBytes === 0 ? undefined : readSize(view, at, sizeBytes);
  at += sizeBytes;
  let blocks = 0;
  for (let isLast = false; !isLast; blocks++) {
    need(at + 3);
    const header = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
    isLast = (header & 1) !== 0;
    const type = (header >> 1) & 3;
    if (type === 3) throw new InputError('a reserved zstd block', where, 'the file is damaged');
    at += 3 + (type === 1 ? 1 : header >> 3);
    need(at);
  }
  if (descriptor & 4) at += 4;
  need(at);
  // What a header states is checked against what its blocks can hold, so that no header alone makes us allocate.
  const bound = Math.min(stated ?? Number.POSITIVE_INFINITY, blocks * BLOCK);
  if (stated !== undefined && stated > blocks * BLOCK) {
    throw new InputError(`a zstd frame states ${stated} bytes`, where, 'the file is malformed');
  }
  return { isSkippable: false, length: at - start, bound };
}

function readSize(view: DataView, offset: number, length: number): number {
  if (length === 1) return view.getUint8(offset);
  if (length === 2) return view.getUint16(offset, true) + 256;
  if (length === 4) return view.getUint32(offset, true);
  return Number(view.getBigUint64(offset, true));
}
