import { InputError } from '../errors.ts';
import { startsOf } from '../objects/work.ts';
import { Rope } from '../streams/rope.ts';
import { readAll } from '../streams/source.ts';
import { digestAt, makeBlob } from './blobs.ts';
import type { Packer, PackLimits } from './packer.ts';
import { openIndex, writeIndex } from './table.ts';

const PACK_TYPE = 'application/vnd.ocibench.pack.v1';
const INDEX_TYPE = 'application/vnd.ocibench.index.v1';

/**
 * Objects in packs of a bounded size, in their order, and the index of all packs as a blob of its own: first in the
 * manifest, then the packs.
 */
export function createPacks(limits: PackLimits): Packer {
  return {
    id: 'packs',

    storedBlobs: (storedLengths) => fillPacks(storedLengths, limits).sizes,

    pack(input) {
      const { stored, blobDigests } = input;
      const { layers, offsets, sizes } = fillPacks(stored.lengths, limits);
      const index = writeIndex(input);
      const starts = startsOf(sizes);
      const packs = Array.from(sizes, (size, pack) => {
        const bytes = new Rope().append(stored.bytes, starts[pack]!, size);
        const digest = blobDigests && digestAt({ digests: blobDigests }, pack);
        return makeBlob('content', PACK_TYPE, bytes, undefined, digest);
      });
      return {
        loose: false,
        layers: [makeBlob('metadata', INDEX_TYPE, index.bytes, index.annotations), ...packs],
        placement: {
          layers: layers.map((pack) => pack + 1),
          offsets,
          indexLengths: new Float64Array(1 + packs.length),
        },
        packs: limits,
      };
    },

    open(input) {
      const { layers, store } = input;
      const [descriptor, ...packs] = layers;
      if (!descriptor) throw new InputError('the manifest lists no index', {}, 'pack again');
      const starts = startsOf(Float64Array.from(packs, ({ size }) => size));
      const index = readAll(store.blob(descriptor.digest));
      return openIndex(index, descriptor, input, (offset, length) => {
        // An empty object may lie at the end of the last pack.
        const pack = Math.max(
          0,
          starts.findLastIndex((start) => start <= offset),
        );
        const found = packs[pack];
        if (found) return store.range(found.digest, offset - starts[pack]!, length);
        throw new InputError('the manifest lists no packs', {}, 'pack the image again');
      });
    },
  };
}

/** Which pack each object goes to, and where in it it starts; size of every pack. Bytes. */
export function fillPacks(
  storedLengths: Float64Array,
  limits: PackLimits,
): {
  readonly layers: Uint32Array;
  readonly offsets: Float64Array;
  readonly sizes: Float64Array;
} {
  const layers = new Uint32Array(storedLengths.length);
  const offsets = new Float64Array(storedLengths.length);
  const sizes: number[] = [];
  let count = 0;
  for (const [number, length] of storedLengths.entries()) {
    const size = sizes.at(-1);
    // An object longer than a pack has one to itself.
    if (
      size === undefined ||
      count >= limits.objects ||
      (count > 0 && size + length > limits.bytes)
    ) {
      sizes.push(0);
      count = 0;
    }
    layers[number] = sizes.length - 1;
    offsets[number] = sizes.at(-1)!;
    sizes[sizes.length - 1]! += length;
    count++;
  }
  return { layers, offsets, sizes: Float64Array.from(sizes) };
}
