import * as wasm from '@bokuweb/zstd-wasm';
import { VerificationError } from '../errors.ts';
import { checkLength, checkSolid } from './bounds.ts';
import type { Codec } from './codec.ts';

/**
 * zstd 1.5.7 (RFC 8878), one frame a piece, with content size and without checksum, as the reference library's one-shot
 * call writes it. Contexts are kept: making one costs more than a small piece does.
 */
export async function createZstd(level: number): Promise<Codec> {
  const { compression, decompression } = await contexts();
  return {
    id: `zstd:level=${level}`,
    mediaTypeSuffix: '+zstd',
    compress(bytes) {
      checkSolid(bytes.length);
      return wasm.compressUsingDict(compression, bytes, NO_DICTIONARY, level);
    },
    decompress(bytes, length) {
      let content: Uint8Array;
      try {
        content = wasm.decompressUsingDict(decompression, bytes, NO_DICTIONARY);
      } catch (cause) {
        throw new VerificationError('not the zstd data it should be', {}, 'pack the image again', {
          cause,
        });
      }
      return checkLength(content, length);
    },
  };
}

const NO_DICTIONARY = new Uint8Array(0);

let ready: Promise<{ readonly compression: number; readonly decompression: number }> | undefined;

/** One of each a thread. */
function contexts(): Promise<{ readonly compression: number; readonly decompression: number }> {
  ready ??= wasm
    .init()
    .then(() => ({ compression: wasm.createCCtx(), decompression: wasm.createDCtx() }));
  return ready;
}
