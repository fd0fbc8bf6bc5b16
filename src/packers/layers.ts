import { digestAt, eachStored, makeBlob, openLayers } from './blobs.ts';
import { DIGEST_ANNOTATION, LENGTH_ANNOTATION, type Packer } from './packer.ts';

/** One blob per stream, as the layers of an OCI image (image-spec, layer.md). */
export const layers: Packer = {
  id: 'layers',

  pack({ objects, stored, streams, codec, streamMediaType }) {
    const pieces = [...eachStored({ stored })];
    return {
      loose: false,
      diffIds: streams.map(({ objects: [number] }) => `sha256:${digestAt(objects, number!)}`),
      layers: streams.map((stream) => {
        const number = stream.objects[0]!;
        const stored = pieces[number]!;
        const suffix = codec.suffixOf?.(stored, stream.length) ?? codec.mediaTypeSuffix;
        return makeBlob('content', streamMediaType + suffix, stored, {
          [LENGTH_ANNOTATION]: String(stream.length),
          [DIGEST_ANNOTATION]: digestAt(objects, number),
        });
      }),
    };
  },

  open: ({ layers: descriptors, store }) =>
    openLayers(descriptors, (descriptor) => store.blob(descriptor.digest)),
};
