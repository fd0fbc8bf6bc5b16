import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import xz from 'xz-decompress';
import { InputError, type Where } from '../errors.ts';
import { limits } from '../limits.ts';
import { decompressFrames } from './zstd-frames.ts';

/** Whole compressed files, as others wrote them: every member and every frame, to the end. */

export type Compression = 'none' | 'gzip' | 'zstd' | 'xz' | 'bzip2';
export type Bytes = AsyncIterable<Uint8Array>;

const MAGICS: readonly (readonly [Compression, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['bzip2', [0x42, 0x5a, 0x68]],
];

/** By content, never by name. @param first the first eight bytes or more */
export function detectCompression(first: Uint8Array): Compression {
  const found = MAGICS.find(([, magic]) => magic.every((byte, index) => first[index] === byte));
  if (found) return found[0];
  // Skippable frames may come first: eStargz's successors put tables there.
  const isSkippable = first.length >= 4 && (first[0]! & 0xf0) === 0x50;
  return isSkippable && first[1] === 0x2a && first[2] === 0x4d && first[3] === 0x18
    ? 'zstd'
    : 'none';
}

/** Throws an InputError where the data is damaged, cut, followed by garbage, or of another kind. */
export async function* decompressStream(
  chunks: Bytes,
  compression: Compression,
  where: Where = {},
): AsyncGenerator<Uint8Array> {
  let total = 0;
  try {
    for await (const bytes of open(chunks, compression, where)) {
      total += bytes.length;
      if (total > limits.layerBytes) {
        throw new InputError(
          `more than ${limits.layerBytes} bytes`,
          where,
          'raise limits.layerBytes',
        );
      }
      yield bytes;
    }
  } catch (cause) {
    if (cause instanceof InputError || (cause as { code?: string }).code === 'ENOSPC') throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(`damaged ${compression} data: ${reason}`, where, 'fetch it again', {
      cause,
    });
  }
}

function open(chunks: Bytes, compression: Compression, where: Where): Bytes {
  if (compression === 'none') return chunks;
  if (compression === 'gzip') return gunzip(chunks);
  if (compression === 'zstd') return decompressFrames(chunks, where);
  if (compression === 'xz') return unxz(chunks);
  throw new InputError(`${compression} is not supported`, where, 'compress with gzip, zstd or xz');
}

function gunzip(chunks: Bytes): Bytes {
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  const source = Readable.from(chunks, { objectMode: false });
  source.on('error', (error) => gunzip.destroy(error));
  return source.pipe(gunzip);
}

async function* unxz(chunks: Bytes): Bytes {
  const iterator = chunks[Symbol.asyncIterator]();
  const input = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
  const reader = new xz.XzReadableStream(input).getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    yield value as Uint8Array;
  }
}
