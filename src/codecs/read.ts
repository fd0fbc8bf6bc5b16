import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError, VerificationError, type Where } from '../errors.ts';
import { limits } from '../limits.ts';
import { type ByteSource, pieces, readRange } from '../streams/source.ts';
import { BLOCK, readHeader } from '../trees/header.ts';
import { decompressFrames } from './zstd-frames.ts';

/** Whole compressed files, as others wrote them: every member and every frame, to the end. */

/** Those that are read, and those that are known by name only. */
export type Compression = 'none' | 'gzip' | 'zstd' | 'xz' | Foreign;
type Foreign =
  | 'bzip2'
  | 'compress'
  | 'lz4'
  | 'lzip'
  | 'lzma'
  | 'lzop'
  | 'pack'
  | 'snappy'
  | '7z'
  | 'zip';
export type Bytes = AsyncIterable<Uint8Array>;

const MAGICS: readonly (readonly [Compression, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['compress', [0x1f, 0x9d]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  // Of `lz4 -l`, as Linux kernels have it.
  ['lz4', [0x02, 0x21, 0x4c, 0x18]],
  ['lzip', [0x4c, 0x5a, 0x49, 0x50]],
  ['lzop', [0x89, 0x4c, 0x5a, 0x4f, 0x00, 0x0d, 0x0a, 0x1a]],
  ['pack', [0x1f, 0x1e]],
  ['snappy', [0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50]],
  ['7z', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
];

/**
 * By content, never by name. The name of a tar's first entry may begin as compressed data does: what has the checksum of
 * a tar header is none.
 *
 * @param first one block of a tar (512 bytes), or as much as there is
 */
export function detectCompression(first: Uint8Array): Compression {
  if (isTarHeader(first)) return 'none';
  const found = MAGICS.find(([, magic]) => magic.every((byte, index) => first[index] === byte));
  if (found) return found[0];
  if (isLzma(first)) return 'lzma';
  // Skippable frames may come first: eStargz's successors put tables there.
  const isSkippable = first.length >= 4 && (first[0]! & 0xf0) === 0x50;
  return isSkippable && first[1] === 0x2a && first[2] === 0x4d && first[3] === 0x18
    ? 'zstd'
    : 'none';
}

/** By the content of a whole file or blob. */
export function compressionOf(source: ByteSource): Compression {
  return detectCompression(readRange(source, 0, Math.min(BLOCK, source.length)));
}

function isTarHeader(first: Uint8Array): boolean {
  if (first.length < BLOCK) return false;
  try {
    return readHeader(first.subarray(0, BLOCK), {}) !== undefined;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

/** No magic: properties, and a dictionary of 2ⁿ or 2ⁿ + 2ⁿ⁻¹ bytes as `xz` demands it of such a file. */
function isLzma(first: Uint8Array): boolean {
  if (first.length < 13 || first[0] !== 0x5d) return false;
  const dictionary = new DataView(first.buffer, first.byteOffset).getUint32(1, true);
  const size = new DataView(first.buffer, first.byteOffset).getBigUint64(5, true);
  const highest = 31 - Math.clz32(dictionary);
  const isRound = dictionary === 2 ** highest || dictionary === 2 ** highest + 2 ** (highest - 1);
  return dictionary >= 4096 && isRound && (size === 2n ** 64n - 1n || size < 2n ** 38n);
}

export async function* asynchronous(steps: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* steps;
}

/** What we stored ourselves: damage is the store's. */
export async function* decompressStored(
  stored: ByteSource,
  compression: Compression,
): AsyncGenerator<Uint8Array> {
  try {
    yield* decompressStream(asynchronous(pieces(stored)), compression);
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    const what = `not the ${compression} data it should be`;
    throw new VerificationError(what, {}, 'pack the image again', { cause });
  }
}

/**
 * Throws an InputError where the data is damaged, cut, followed by garbage, or of another kind; what `chunks` throws
 * passes unchanged. gzip and xz hold little in memory, zstd the compressed file and one frame (zstd-frames.ts).
 */
export async function* decompressStream(
  chunks: Bytes,
  compression: Compression,
  where: Where = {},
): AsyncGenerator<Uint8Array> {
  const input = new Input(chunks);
  let total = 0;
  try {
    for await (const bytes of open(input, compression, where)) {
      total += bytes.length;
      if (total > limits.layerBytes) {
        throw new InputError(`more than ${limits.layerBytes} bytes`, where, 'split the layer');
      }
      yield bytes;
    }
    if (input.length === 0 && compression !== 'none') {
      throw new InputError(
        `an empty file is no ${compression} data`,
        where,
        'copy or fetch it again',
      );
    }
  } catch (cause) {
    if (input.failure) throw input.failure.cause;
    if (cause instanceof InputError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    // The first member is known by its magic: zlib asks for a further one where anything but zeros follows.
    if (compression === 'gzip' && reason.includes('incorrect header check') && input.length > 0) {
      throw new InputError('bytes that are no gzip follow the gzip data', where, GARBAGE, {
        cause,
      });
    }
    const what =
      input.length === 0
        ? `an empty file is no ${compression} data`
        : `damaged ${compression} data: ${reason}`;
    throw new InputError(what, where, 'copy or fetch it again', { cause });
  } finally {
    await input.close();
  }
}

/** The compressed bytes on their way in; knows afterwards how many came, and whether their source failed. */
class Input {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #isAtEnd = false;
  /** Bytes so far. */
  length = 0;
  failure: { readonly cause: unknown } | undefined;

  constructor(chunks: Bytes) {
    this.#iterator = chunks[Symbol.asyncIterator]();
  }

  async next(): Promise<Uint8Array | undefined> {
    if (this.#isAtEnd) return undefined;
    let result: IteratorResult<Uint8Array>;
    try {
      result = await this.#iterator.next();
    } catch (cause) {
      this.#isAtEnd = true;
      this.failure = { cause };
      throw cause;
    }
    if (result.done) {
      this.#isAtEnd = true;
      return undefined;
    }
    this.length += result.value.length;
    return result.value;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    for (let bytes = await this.next(); bytes; bytes = await this.next()) yield bytes;
  }

  async close(): Promise<void> {
    if (!this.#isAtEnd) await this.#iterator.return?.();
  }
}

function open(input: Input, compression: Compression, where: Where): Bytes {
  if (compression === 'none') return input.chunks();
  if (compression === 'gzip') return gunzip(input, where);
  if (compression === 'zstd') return decompressFrames(input.chunks(), where);
  if (compression === 'xz') return unxz(input);
  throw new InputError(
    `compressed by ${compression}, which is not read`,
    where,
    'compress it with gzip, zstd or xz, or not at all',
  );
}

/** All members. zlib ends at the first zero after a member and says nothing of what else follows: that is checked here. */
async function* gunzip(input: Input, where: Where): Bytes {
  /** Where the last byte that is not zero ends. */
  let contentEnd = 0;
  async function* watched(): Bytes {
    for await (const bytes of input.chunks()) {
      const last = bytes.findLastIndex((byte) => byte !== 0);
      if (last >= 0) contentEnd = input.length - bytes.length + last + 1;
      yield bytes;
    }
  }
  const gunzip = createGunzip({ chunkSize: 1 << 20 });
  const source = Readable.from(watched(), { objectMode: false });
  source.on('error', (error) => gunzip.destroy(error));
  try {
    yield* source.pipe(gunzip) as AsyncIterable<Uint8Array>;
  } finally {
    source.destroy();
  }
  for await (const _ of watched());
  if (contentEnd > gunzip.bytesWritten) {
    throw new InputError(
      `${input.length - gunzip.bytesWritten} bytes follow the gzip data, and not all are zero`,
      { ...where, offset: gunzip.bytesWritten },
      GARBAGE,
    );
  }
}

const GARBAGE = 'cut off what follows, or compress it again';

async function* unxz(input: Input): Bytes {
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const bytes = await input.next();
      if (bytes) controller.enqueue(bytes);
      else controller.close();
    },
  });
  const { default: xz } = await import('xz-decompress');
  const reader = new xz.XzReadableStream(stream).getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      yield value as Uint8Array;
    }
  } finally {
    // The package has one decoder at work a thread: one that is left is waited for, for ever. What failed has freed it.
    await reader.cancel().catch(() => {});
  }
}
