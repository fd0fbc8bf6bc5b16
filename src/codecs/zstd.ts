import { InputError, VerificationError } from '../errors.ts';
import { limits } from '../limits.ts';
import { checkLength, checkSolid } from './bounds.ts';
import type { Codec } from './codec.ts';
import { zstdEngine } from './zstd-engine.ts';
import { streamZstd } from './zstd-stream.ts';

/** From here on it is worth while to load a faster engine: bytes. */
const MUCH = 32 << 20;

/**
 * zstd 1.5.7 (RFC 8878), one frame a piece, with content size and without checksum; longer pieces as in zstd-stream.ts.
 * @param dictionary raw content
 */
export async function createZstd(level: number, dictionary?: Uint8Array): Promise<Codec> {
  const engine = await zstdEngine();
  return {
    id: `zstd:level=${level}`,
    mediaTypeSuffix: '+zstd',
    ...(!dictionary && { steps: streamZstd(level), heldBytes: limits.wholeBytes }),
    async prepare(bytes) {
      if (bytes >= MUCH && !dictionary) await engine.prepare(level);
    },
    compress(bytes) {
      checkSolid(bytes.length);
      return engine.compress(bytes, level, dictionary);
    },
    decompress(bytes, length) {
      checkSolid(bytes.length);
      checkSolid(length);
      let content: Uint8Array;
      try {
        // The expected length bounds the memory: what the frame claims is not believed.
        content = engine.decompress(bytes, length, dictionary);
      } catch (cause) {
        if (cause instanceof InputError) throw cause;
        throw new VerificationError(
          `not the ${length} bytes of zstd data it should be`,
          {},
          'pack the image again',
          { cause },
        );
      }
      return checkLength(content, length);
    },
  };
}
