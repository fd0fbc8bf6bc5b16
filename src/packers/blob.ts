import { InputError } from '../errors.ts';
import { startsOf } from '../objects/work.ts';
import { Rope } from '../streams/rope.ts';
import { readAll } from '../streams/source.ts';
import { makeBlob, readLength } from './blobs.ts';
import type { Packer } from './packer.ts';
import { openIndex, writeIndex } from './table.ts';

const PACK_TYPE = 'application/vnd.ocibench.pack.v1';
const OFFSET_ANNOTATION = 'org.ocibench.index.offset';

/**
 * One blob: the objects end to end, then the metadata root, then a table of everything before it (table.ts), so that a
 * client who fetches the tail knows which ranges it needs. Where the tail starts is said in the manifest, as zstd:chunked
 * does with its table of contents.
 */
export const blob: Packer = {
  id: 'blob',

  pack(input) {
    const { objects, stored } = input;
    const indexOffset = stored.bytes.length;
    const index = writeIndex(input, { [OFFSET_ANNOTATION]: String(indexOffset) });
    const bytes = new Rope().append(stored.bytes).literal(index.bytes);
    const packed = makeBlob('content', PACK_TYPE, bytes, index.annotations);
    return {
      loose: false,
      layers: [packed],
      placement: {
        layers: new Uint32Array(objects.count),
        offsets: startsOf(stored.lengths),
        indexLengths: Float64Array.of(index.bytes.length),
      },
    };
  },

  open(input) {
    const { layers, store } = input;
    const [descriptor] = layers;
    if (!descriptor) throw new InputError('the manifest lists no blob', {}, 'pack the image again');
    const indexOffset = readLength(descriptor, OFFSET_ANNOTATION);
    if (indexOffset > descriptor.size) {
      throw new InputError(
        `the index starts at ${indexOffset} of ${descriptor.size} bytes`,
        {},
        'pack the image again',
      );
    }
    const index = store.range(descriptor.digest, indexOffset, descriptor.size - indexOffset);
    return openIndex(readAll(index), descriptor, input, (offset, length) =>
      store.range(descriptor.digest, offset, length),
    );
  },
};
