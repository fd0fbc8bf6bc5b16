import { SkippedError } from '../errors.ts';
import type { Codec } from './codec.ts';
import { createGzip } from './gzip.ts';
import { type Compression, compressionOf, decompressStored, detectCompression } from './read.ts';
import { createZstd } from './zstd.ts';

/** Level that image builders use unless told otherwise. */
export const BUILDER_LEVEL = 6;

/**
 * Layers as a registry delivered them, each compressed in its own way or not at all: what is as long as its content is the
 * content, of all else the first bytes say what it is. Compresses as most image builders do.
 */
export async function createDelivered(): Promise<Codec> {
  const gzip = createGzip(BUILDER_LEVEL);
  // The level says nothing about reading.
  const zstd = await createZstd(1);
  const readerOf = (compression: Compression): Codec => (compression === 'zstd' ? zstd : gzip);
  return {
    ...gzip,
    id: 'delivered',
    steps: {
      ...gzip.steps!,
      decompress: (stored, length) =>
        decompressStored(stored, stored.length === length ? 'none' : compressionOf(stored)),
    },
    suffixOf(stored, length) {
      if (stored.length === length) return '';
      const compression = compressionOf(stored);
      checkReadable(compression);
      return readerOf(compression).mediaTypeSuffix;
    },
    decompress(stored, length) {
      return stored.length === length
        ? stored
        : readerOf(detectCompression(stored)).decompress(stored, length);
    },
  };
}

/**
 * Layers are read whatever they are compressed by; an image may have them by gzip and zstd (image-spec, layer.md). What is
 * not compressed is none of this image: restoring it says so.
 */
function checkReadable(compression: Compression): void {
  if (['none', 'gzip', 'zstd'].includes(compression)) return;
  throw new SkippedError(
    `a layer is compressed by ${compression}, which no client reads`,
    {},
    'choose another model: this one keeps layers as they were delivered',
  );
}
