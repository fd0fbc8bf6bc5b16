import type { Codec } from '../codecs/codec.ts';
import type { Image, ImageDescriptor } from '../images/image.ts';
import { closeImage, openImage } from '../images/open.ts';
import type { ObjectTable } from '../objects/objects.ts';
import { makeBlob, readLength } from '../packers/blobs.ts';
import { inventoryKey } from '../packers/inventory.ts';
import {
  type AnnotatedDescriptor,
  type Blob,
  LENGTH_ANNOTATION,
  type Store,
} from '../packers/packer.ts';
import { type ByteSource, readAll } from '../streams/source.ts';
import { trainDictionary } from './train-dictionary.ts';

/** The dictionary that the objects of a series are compressed by, as a blob that every image lists last. */

const DICTIONARY_TYPE = 'application/vnd.ocibench.dictionary.v1+zstd';

/** @param plain the codec without a dictionary */
export function makeDictionaryBlob(dictionary: Uint8Array, plain: Codec): Blob {
  const annotations = { [LENGTH_ANNOTATION]: String(dictionary.length) };
  return makeBlob('metadata', DICTIONARY_TYPE, plain.compress(dictionary), annotations);
}

/** The dictionary of an image that has one, and the other layers. */
export function openDictionary(
  layers: readonly AnnotatedDescriptor[],
  store: Store,
  plain: Codec,
): {
  readonly dictionary: Uint8Array | undefined;
  readonly others: readonly AnnotatedDescriptor[];
} {
  const descriptor = layers.find(({ mediaType }) => mediaType === DICTIONARY_TYPE);
  return {
    dictionary:
      descriptor &&
      plain.decompress(readAll(store.blob(descriptor.digest)), readLength(descriptor)),
    others: layers.filter((layer) => layer !== descriptor),
  };
}

/** The objects that a dictionary is for, in a source. */
interface Trainable {
  readonly all: ByteSource;
  readonly objects: ObjectTable;
}

/**
 * Trains on the objects of one image. What another image taught is kept until a third one is asked for: the images of a
 * series follow one another.
 *
 * @param size most bytes of a dictionary
 */
export function createTrainer(
  size: number,
  cut: (image: Image) => Promise<Trainable>,
): {
  own(streams: Trainable): Uint8Array;
  of(image: ImageDescriptor): Promise<Uint8Array>;
} {
  const own = ({ all, objects }: Trainable): Uint8Array => trainDictionary(all, objects, size);
  let latest: { readonly key: string; readonly dictionary: Uint8Array } | undefined;
  return {
    own,
    async of(descriptor) {
      const key = inventoryKey([descriptor]);
      if (latest?.key !== key) {
        const image = openImage(descriptor);
        try {
          latest = { key, dictionary: own(await cut(image)) };
        } finally {
          closeImage(image);
        }
      }
      return latest.dictionary;
    },
  };
}
