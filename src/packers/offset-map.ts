import { makeBlob, openLayers } from './blobs.ts';
import { frameLayers, placeFrames } from './framed.ts';
import {
  DIGEST_ANNOTATION,
  LENGTH_ANNOTATION,
  type Packer,
  type PackInput,
  type Placement,
} from './packer.ts';

const MAP_TYPE = 'application/vnd.ocibench.offset-map.v1';

/**
 * Plain layers of several frames, and after them a blob that says where in which layer each object lies: the draft of
 * composefs-chunked has an artifact of its own for it.
 *
 *     (digest:32 layer:u32 offset:u64 stored length:u32 length:u32)*        little endian, by number of the object
 */
export const offsetMap: Packer = {
  id: 'offset-map',

  pack(input) {
    const layers = frameLayers(input);
    const type = input.streamMediaType + input.codec.mediaTypeSuffix;
    const blobs = layers.map(({ bytes, length, digest }) =>
      makeBlob('content', type, bytes, {
        [LENGTH_ANNOTATION]: String(length),
        [DIGEST_ANNOTATION]: digest,
      }),
    );
    const indexLengths = new Float64Array(blobs.length + 1);
    const placement = placeFrames(input.objects.count, layers, indexLengths, () => true);
    return {
      loose: false,
      layers: [...blobs, makeBlob('metadata', MAP_TYPE, writeMap(input, placement))],
      diffIds: layers.map(({ digest }) => `sha256:${digest}`),
      placement,
    };
  },

  open: ({ layers, store }) =>
    openLayers(
      layers.filter(({ mediaType }) => mediaType !== MAP_TYPE),
      ({ digest }) => store.blob(digest),
    ),
};

const ROW = 32 + 4 + 8 + 4 + 4;

function writeMap({ objects, stored }: PackInput, { layers, offsets }: Placement): Uint8Array {
  const bytes = new Uint8Array(ROW * objects.count);
  const view = new DataView(bytes.buffer);
  for (let number = 0; number < objects.count; number++) {
    const at = ROW * number;
    bytes.set(objects.digests.subarray(32 * number, 32 * number + 32), at);
    view.setUint32(at + 32, layers[number]!, true);
    view.setBigUint64(at + 36, BigInt(offsets[number]!), true);
    view.setUint32(at + 44, stored.lengths[number]!, true);
    view.setUint32(at + 48, objects.lengths[number]!, true);
  }
  return bytes;
}
