import { readIndex, writeIndex } from '../serialisers/caidx.ts';
import { makeBlob, numberObjects, readLength } from './blobs.ts';
import { LENGTH_ANNOTATION, type Packer, type PackInput } from './packer.ts';

const ROOT_TYPE = 'application/vnd.ocibench.root.v1';
const INDEX_TYPE = 'application/vnd.ocibench.casync.index.v1';

/**
 * Every object on its own in a chunk store, named by the sha256 of its content. The manifest lists only what leads to
 * the objects: the metadata root, or one casync index per stream.
 */
export const objects: Packer = {
  id: 'objects',

  pack(input) {
    const { root, codec } = input;
    if (root !== undefined) {
      const blob = makeBlob('metadata', ROOT_TYPE + codec.mediaTypeSuffix, codec.compress(root), {
        [LENGTH_ANNOTATION]: String(root.length),
      });
      return { loose: true, layers: [blob] };
    }
    const indexes = input.streams.map((stream) =>
      makeBlob('metadata', INDEX_TYPE, writeStreamIndex(input, stream.objects)),
    );
    return { loose: true, layers: indexes };
  },

  open({ layers: descriptors, store, codec, readReferences }) {
    let root: Uint8Array | undefined;
    let references = [];
    if (readReferences) {
      const descriptor = descriptors[0]!;
      root = codec.decompress(store.blob(descriptor.digest), readLength(descriptor));
      references = [...readReferences(root)];
    } else {
      references = descriptors.map((descriptor) => readIndex(store.blob(descriptor.digest)));
    }
    const { streams, ...numbered } = numberObjects(references);
    return {
      objects: numbered,
      stored: (number) => {
        const digest = numbered.digests.subarray(32 * number, 32 * number + 32);
        return store.object(Buffer.from(digest).toString('hex'));
      },
      streams,
      root,
    };
  },
};

function writeStreamIndex({ objects, bounds }: PackInput, sequence: Uint32Array): Uint8Array {
  const chunks = Array.from(sequence, (number) => ({
    digest: objects.digests.subarray(32 * number, 32 * number + 32),
    length: objects.lengths[number]!,
  }));
  return writeIndex({ ...bounds, chunks });
}
