import { openMetadata, packMetadata } from './metadata.ts';
import type { Packer } from './packer.ts';

/**
 * Every object on its own in a chunk store, named by the sha256 of its content. The manifest lists only what leads to
 * the objects (metadata.ts).
 */
export const objects: Packer = {
  id: 'objects',

  pack: (input) => ({ loose: true, layers: packMetadata(input) }),

  open(input) {
    const opened = openMetadata(input);
    const { digests } = opened.objects;
    return {
      ...opened,
      stored: (number) => {
        const digest = digests.subarray(32 * number, 32 * number + 32);
        return input.store.object(Buffer.from(digest).toString('hex'));
      },
    };
  },
};
