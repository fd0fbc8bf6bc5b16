import { createRequire } from 'node:module';
import { InputError, VerificationError } from '../errors.ts';
import { checkLength } from './bounds.ts';
import type { Codec } from './codec.ts';

interface Simple {
  compress(bytes: Uint8Array, level: number): Uint8Array | null;
  decompress(bytes: Uint8Array): Uint8Array | null;
}

/** The heap of npm's zstd-codec does not grow: larger pieces abort the whole process. Measured bytes by level. */
const LARGEST: readonly (readonly [level: number, bytes: number])[] = [
  [1, 5 << 20],
  [3, 4 << 20],
  [6, 3 << 20],
  [9, 2 << 20],
  [22, 512 << 10],
];

/** zstd 1.3.6 as npm's zstd-codec has it: an engine of its own, for comparison. */
export async function createZstdCodec(level: number): Promise<Codec> {
  const { ZstdCodec } = createRequire(import.meta.url)('zstd-codec') as {
    ZstdCodec: { run(done: (module: { Simple: new () => Simple }) => void): void };
  };
  const simple = await new Promise<Simple>((resolve) => {
    ZstdCodec.run(({ Simple }) => resolve(new Simple()));
  });
  const largest = LARGEST.find(([most]) => level <= most)![1];
  const whole = (result: Uint8Array | null, what: string): Uint8Array => {
    if (result) return result;
    throw new VerificationError(`zstd-codec cannot ${what} this piece`, {}, "use the codec 'zstd'");
  };
  return {
    id: `zstd-codec:level=${level}`,
    mediaTypeSuffix: '+zstd',
    compress(bytes) {
      if (bytes.length > largest) {
        throw new InputError(
          `zstd-codec holds at most ${largest} bytes at level ${level}, the piece has ${bytes.length}`,
          {},
          "use the codec 'zstd', or smaller chunks",
        );
      }
      // An empty frame decompresses to an error there; nothing stored says the same.
      if (bytes.length === 0) return new Uint8Array(0);
      return whole(simple.compress(bytes, level), 'compress').slice();
    },
    decompress(bytes, length) {
      if (length === 0) return checkLength(bytes, 0);
      return checkLength(whole(simple.decompress(bytes), 'decompress').slice(), length);
    },
  };
}
