import { InputError, type Where } from '../errors.ts';
import { limits } from '../limits.ts';
import { type ZstdEngine, zstdEngine } from './zstd-engine.ts';
import { BLOCK, FrameDecoder, takeStreamEngine } from './zstd-stream-engine.ts';

/**
 * zstd frame by frame (RFC 8878 §3.1): runtimes' own decoders stop after the first frame, or at a skippable one, without
 * an error, and would measure zstd:chunked layers as nearly empty.
 */

const FRAME = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
/** Content of a frame that is decompressed in one call, which is faster: bytes. Longer ones go block by block. */
const ONE_CALL = 64 << 20;
/** What libzstd's streams take without being told otherwise (ZSTD_WINDOWLOG_LIMIT_DEFAULT): bytes. */
const WINDOW = 128 << 20;

const AGAIN = 'copy or fetch it again';

/** Memory does not grow with the file: frames are held up to {@link ONE_CALL}; with windows of more than 128 MiB, whole. */
export async function* decompressFrames(
  chunks: AsyncIterable<Uint8Array>,
  where: Where,
): AsyncGenerator<Uint8Array> {
  const engine = await zstdEngine();
  const input = new Pieces(chunks);
  try {
    for (;;) {
      const frame = { ...where, offset: input.offset };
      const begin = await input.take(8);
      if (begin.length === 0) return;
      if (input.offset > begin.length && !mayBeginFrame(begin)) throw followed(frame);
      if (begin.length < 8) throw cut(frame);
      const view = new DataView(begin.buffer, begin.byteOffset, 8);
      const magic = view.getUint32(0, true);
      if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) {
        if (!(await input.skip(view.getUint32(4, true)))) throw cut(frame);
        continue;
      }
      if (magic !== FRAME) {
        throw new InputError('no zstd frame here', frame, AGAIN);
      }
      input.giveBack(begin);
      yield* decompressFrame(input, engine, frame);
    }
  } finally {
    await input.close();
  }
}

/** By as many bytes of the magic number as there are. */
function mayBeginFrame(bytes: Uint8Array): boolean {
  return [FRAME, SKIPPABLE].some((one) => {
    const [lowest, ...rest] = [0, 8, 16, 24].map((shift) => (one >>> shift) & 0xff);
    const mask = one === SKIPPABLE ? 0xf0 : 0xff;
    const length = Math.min(bytes.length, 4);
    return (
      (bytes[0]! & mask) === lowest &&
      rest.slice(0, length - 1).every((byte, index) => bytes[index + 1] === byte)
    );
  });
}

function followed(where: Where): InputError {
  const what = 'bytes that are no zstd follow the zstd data';
  return new InputError(what, where, 'cut off what follows, or compress it again');
}

async function* decompressFrame(
  input: Pieces,
  engine: ZstdEngine,
  where: Where,
): AsyncGenerator<Uint8Array> {
  const header = await readHeader(input, where);
  const most = header.window > WINDOW ? limits.solidBytes : ONE_CALL;
  const held: Block[] = [];
  let isLast = false;
  while (!isLast && held.length * BLOCK < most) {
    const block = await readBlock(input, header.hasChecksum, where);
    held.push(block);
    isLast = block.isLast;
  }
  if (isLast) {
    // What a header states is checked against what its blocks can hold, so that no header alone makes us allocate.
    const room = held.length * BLOCK;
    const { stated = room } = header;
    if (stated > room) throw misstated(stated, where);
    const frame = Buffer.concat([header.bytes, ...held.map(({ bytes }) => bytes)]);
    yield engine.decompress(frame, Math.min(stated, room));
    return;
  }
  if (most > ONE_CALL) {
    const what = `a zstd frame of more than ${most} bytes with a window of ${header.window}`;
    throw new InputError(what, where, 'compress it again without --long');
  }
  const { zstd, free } = await takeStreamEngine();
  try {
    const decoder = new FrameDecoder(zstd);
    decoder.begin(header.bytes);
    let length = 0;
    for (;;) {
      const block = held.shift() ?? (await readBlock(input, header.hasChecksum, where));
      const content = decoder.decode(block.bytes, block.length);
      length += content.length;
      yield content;
      if (block.isLast) break;
    }
    decoder.end();
    const { stated = length } = header;
    if (stated !== length) throw misstated(stated, where);
  } finally {
    free();
  }
}

interface FrameHeader {
  readonly bytes: Uint8Array;
  /** Of the content: bytes. */
  readonly stated: number | undefined;
  /** Bytes. */
  readonly window: number;
  readonly hasChecksum: boolean;
}

/** RFC 8878 §3.1.1.1. */
async function readHeader(input: Pieces, where: Where): Promise<FrameHeader> {
  const start = await takeAll(input, 5, where);
  const descriptor = start[4]!;
  const isSingle = (descriptor & 0x20) !== 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  const before = (isSingle ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]!;
  const rest = await takeAll(input, before + sizeBytes, where);
  const view = new DataView(rest.buffer, rest.byteOffset, rest.length);
  const stated = sizeBytes === 0 ? undefined : readSize(view, before, sizeBytes);
  const base = 2 ** (10 + (rest[0]! >> 3));
  return {
    bytes: Buffer.concat([start, rest]),
    stated,
    window: isSingle ? stated! : base + (base / 8) * (rest[0]! & 7),
    hasChecksum: (descriptor & 4) !== 0,
  };
}

function readSize(view: DataView, offset: number, length: number): number {
  if (length === 1) return view.getUint8(offset);
  if (length === 2) return view.getUint16(offset, true) + 256;
  if (length === 4) return view.getUint32(offset, true);
  return Number(view.getBigUint64(offset, true));
}

interface Block {
  /** Of the last one with the checksum that follows it. */
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
  /** Of the content where the block states it: bytes. */
  readonly length: number | undefined;
}

/** RFC 8878 §3.1.1.2. */
async function readBlock(input: Pieces, hasChecksum: boolean, where: Where): Promise<Block> {
  const header = await takeAll(input, 3, where);
  const bits = header[0]! | (header[1]! << 8) | (header[2]! << 16);
  const isLast = (bits & 1) !== 0;
  const type = (bits >> 1) & 3;
  if (type === 3) throw new InputError('a reserved zstd block', where, 'the file is damaged');
  const size = bits >> 3;
  const stored = (type === 1 ? 1 : size) + (isLast && hasChecksum ? 4 : 0);
  const bytes = Buffer.concat([header, await takeAll(input, stored, where)]);
  return { bytes, isLast, length: type === 2 ? undefined : size };
}

async function takeAll(input: Pieces, length: number, where: Where): Promise<Uint8Array> {
  const bytes = await input.take(length);
  if (bytes.length < length) throw cut(where);
  return bytes;
}

function cut(where: Where): InputError {
  return new InputError('a zstd frame is cut short', where, AGAIN);
}

function misstated(bytes: number, where: Where): InputError {
  return new InputError(`a zstd frame states ${bytes} bytes`, where, 'the file is malformed');
}

/** A stream of bytes, taken in pieces of the length that is asked for. */
class Pieces {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);
  /** Of the next byte. */
  offset = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** So many bytes; fewer where the stream ends. */
  async take(length: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (let left = length; left > 0; ) {
      const part = await this.#next(left);
      if (!part) break;
      parts.push(part);
      left -= part.length;
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  /** False where the stream ends before. */
  async skip(length: number): Promise<boolean> {
    for (let left = length; left > 0; ) {
      const part = await this.#next(left);
      if (!part) return false;
      left -= part.length;
    }
    return true;
  }

  /** What was taken last is taken again. */
  giveBack(bytes: Uint8Array): void {
    this.#rest = Buffer.concat([bytes, this.#rest]);
    this.offset -= bytes.length;
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** At least one byte and at most so many. */
  async #next(most: number): Promise<Uint8Array | undefined> {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#chunks.next();
      if (done) return undefined;
      this.#rest = value;
    }
    const part = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(part.length);
    this.offset += part.length;
    return part;
  }
}
