import { InputError } from '../errors.ts';
import { eachStored, makeBlob } from './blobs.ts';
import { openMetadata, packMetadata } from './metadata.ts';
import type { Packer } from './packer.ts';

const CHUNK_TYPE = 'application/vnd.ocibench.chunk.v1';

/**
 * Every object a blob that the manifest lists: after what leads to the objects (metadata.ts), in the order in which that
 * names them first. A client knows all blobs as soon as it has the manifest, which grows with every one.
 */
export const chunkBlobs: Packer = {
  id: 'manifest',

  pack(input) {
    const type = CHUNK_TYPE + input.codec.mediaTypeSuffix;
    const objects = [...eachStored(input)].map((bytes) => makeBlob('content', type, bytes));
    return { loose: false, layers: [...packMetadata(input), ...objects] };
  },

  open(input) {
    const layers = input.layers.filter(({ mediaType }) => !mediaType.startsWith(CHUNK_TYPE));
    const opened = openMetadata({ ...input, layers });
    return {
      ...opened,
      stored(number) {
        const chunk = input.layers[layers.length + number];
        if (chunk) return input.store.blob(chunk.digest);
        throw new InputError(`the manifest lists no chunk ${number}`, {}, 'pack the image again');
      },
    };
  },
};
