import { readIndex, writeIndex } from '../serialisers/caidx.ts';
import { readAll } from '../streams/source.ts';
import { makeBlob, numberObjects, openObject, readLength } from './blobs.ts';
import {
  type Blob,
  LENGTH_ANNOTATION,
  type Opened,
  type OpenInput,
  type PackInput,
} from './packer.ts';

/** What leads to objects that lie apart: the metadata root, or where there is none one casync index per stream. */

const ROOT_TYPE = 'application/vnd.ocibench.root.v1';
const INDEX_TYPE = 'application/vnd.ocibench.casync.index.v1';

export function packMetadata(input: PackInput): readonly Blob[] {
  const { root, codec } = input;
  if (root === undefined) {
    return input.streams.map((stream) =>
      makeBlob('metadata', INDEX_TYPE, writeStreamIndex(input, stream.objects)),
    );
  }
  const annotations = { [LENGTH_ANNOTATION]: String(root.length) };
  return [
    makeBlob('metadata', ROOT_TYPE + codec.mediaTypeSuffix, codec.compress(root), annotations),
  ];
}

export function openMetadata({
  layers,
  store,
  codec,
  openRoot,
}: OpenInput): Omit<Opened, 'stored'> {
  const [descriptor] = layers;
  if (!openRoot || !descriptor) {
    const references = layers.map(({ digest }) => readIndex(readAll(store.blob(digest))));
    const { streams, ...objects } = numberObjects(references);
    return { objects, streams, root: undefined };
  }
  const bytes = codec.decompress(readAll(store.blob(descriptor.digest)), readLength(descriptor));
  const { root, references } = openRoot(bytes, (digest, length) => {
    const stored = store.object(Buffer.from(digest).toString('hex'));
    return openObject(stored, digest, length, codec);
  });
  const { streams, ...objects } = numberObjects(references);
  return { objects, streams, root };
}

function writeStreamIndex({ objects, bounds }: PackInput, sequence: Uint32Array): Uint8Array {
  const chunks = Array.from(sequence, (number) => ({
    digest: objects.digests.subarray(32 * number, 32 * number + 32),
    length: objects.lengths[number]!,
  }));
  return writeIndex({ ...bounds, chunks });
}
