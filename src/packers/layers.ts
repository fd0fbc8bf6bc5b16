import { InputError } from '../errors.ts';
import { eachStored, makeBlob, readLength } from './blobs.ts';
import { DIGEST_ANNOTATION, LENGTH_ANNOTATION, type Packer } from './packer.ts';

/** One blob per stream, as the layers of an OCI image (image-spec, layer.md). */
export const layers: Packer = {
  id: 'layers',

  pack({ objects, streams, codec, streamMediaType, ...input }) {
    const pieces = [...eachStored({ objects, streams, codec, streamMediaType, ...input })];
    return {
      loose: false,
      layers: streams.map((stream) => {
        const number = stream.objects[0]!;
        const digest = objects.digests.subarray(32 * number, 32 * number + 32);
        return makeBlob('content', streamMediaType + codec.mediaTypeSuffix, pieces[number]!, {
          [LENGTH_ANNOTATION]: String(stream.length),
          [DIGEST_ANNOTATION]: Buffer.from(digest).toString('hex'),
        });
      }),
    };
  },

  open({ layers: descriptors, store }) {
    const digests = new Uint8Array(32 * descriptors.length);
    for (const [index, descriptor] of descriptors.entries()) {
      const digest = descriptor.annotations?.[DIGEST_ANNOTATION] ?? '';
      if (!/^[0-9a-f]{64}$/.test(digest)) {
        throw new InputError(`layer ${descriptor.digest} has no ${DIGEST_ANNOTATION}`);
      }
      digests.set(Buffer.from(digest, 'hex'), 32 * index);
    }
    return {
      objects: {
        count: descriptors.length,
        digests,
        lengths: Float64Array.from(descriptors, (descriptor) => readLength(descriptor)),
      },
      stored: (number) => store.blob(descriptors[number]!.digest),
      streams: descriptors.map((_, index) => Uint32Array.of(index)),
      root: undefined,
    };
  },
};
