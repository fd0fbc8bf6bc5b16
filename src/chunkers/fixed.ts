import { limits } from '../limits.ts';
import type { ChunkerMember } from './chunker.ts';

/**
 * Every chunk is `size` bytes, 1 byte to 64 MiB, the last one what is left; no byte is read, so there is no scan to share.
 */
export const fixed: ChunkerMember = {
  name: 'fixed',
  title: 'chunks of equal length',
  source: 'nydus (RAFS), which cuts every file this way',
  heldAgainst: 'nydus 34e6071e (2026-07): its size, read',
  parameters: [
    {
      name: 'size',
      kind: 'bytes',
      description: 'length of every chunk but the last',
      // RAFS_DEFAULT_CHUNK_SIZE of nydus.
      default: 1 << 20,
      minimum: 1,
      maximum: limits.chunkBytes,
    },
  ],
  contentDefined: false,
  algorithm: (values) => {
    const size = Number(values['size']);
    return {
      shortest: size,
      longest: size,
      isUniform: true,
      reference: (bytes, start) => Math.min(size, bytes.length - start),
    };
  },
};
