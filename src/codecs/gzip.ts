import { gunzipSync } from 'node:zlib';
import { VerificationError } from '../errors.ts';
import { checkLength, checkSolid } from './bounds.ts';
import type { Codec } from './codec.ts';
import { gzipSteps } from './deflate.ts';
import { decompressStored } from './read.ts';

/** The same bytes as the codec gives, of a stream of any length; lets other work run between pieces. */
export async function* gzipStream(
  pieces: Iterable<Uint8Array>,
  level: number,
): AsyncGenerator<Uint8Array> {
  for (const bytes of gzipSteps(pieces, level)) {
    yield bytes;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/**
 * gzip (RFC 1952) with the bytes that reference zlib gives. The zlib inside Node and Deno hashes four bytes where zlib
 * hashes three and loses the short matches: 2.4 % more at level 6 on a root file system, and another figure in each
 * runtime. It is therefore used to decompress only. The header carries no name and no time,
 * and says Unix (3) for the system as zlib does.
 */
export function createGzip(level: number): Codec {
  return {
    id: `gzip:level=${level}`,
    mediaTypeSuffix: '+gzip',
    compress(bytes) {
      checkSolid(bytes.length);
      return new Uint8Array(Buffer.concat([...gzipSteps([bytes], level)]));
    },
    steps: {
      compress: (content) => gzipSteps(content, level),
      decompress: (stored) => decompressStored(stored, 'gzip'),
    },
    decompress(bytes, length) {
      let content: Uint8Array;
      try {
        content = gunzipSync(bytes, { maxOutputLength: length + 1 });
      } catch (cause) {
        throw new VerificationError('not the gzip data it should be', {}, 'pack the image again', {
          cause,
        });
      }
      return checkLength(
        new Uint8Array(content.buffer, content.byteOffset, content.length),
        length,
      );
    },
  };
}
