import { formatSize } from '../ids.ts';
import type { Codec } from './codec.ts';
import { createZstd } from './zstd.ts';

/**
 * zstd 1.5.7 with a dictionary of raw content (RFC 8878 §5): what a small piece has in common with others need not be in
 * each. Without one it is zstd. The engine exports no prepared dictionaries, so each piece loads it anew.
 *
 * @param size most bytes of the dictionary, which a model trains
 */
export async function createZstdDictionary(
  level: number,
  size: number,
  dictionary?: Uint8Array,
): Promise<Codec> {
  const zstd = await createZstd(level, dictionary);
  return {
    ...zstd,
    id: `zstd-dictionary:level=${level},size=${formatSize(size)}`,
    // No suffix says that more than zstd is needed.
    mediaTypeSuffix: '',
  };
}
