import { InputError } from '../../errors.ts';
import { planTransfer } from '../../fetchers/fetcher.ts';
import { get } from '../../fetchers/get.ts';
import { verifyDigest } from '../../objects/content-digest.ts';
import { makeBlob } from '../../packers/blobs.ts';
import { CONFIG_TYPE, writeManifest } from '../../packers/manifest.ts';
import type { AnnotatedDescriptor, Blob, Packed, Store } from '../../packers/packer.ts';
import { readAll } from '../../streams/source.ts';
import type { Model } from '../model.ts';

/** What programs made of an image, as it is packed. */
export interface Made extends Pick<Packed, 'objects' | 'stored' | 'streamBytes' | 'chunkLengths'> {
  readonly config: Uint8Array;
  readonly layers: readonly Blob[];
  /** Objects lie beside the layers, not in them. */
  readonly loose: boolean;
}

/** @param id of the model */
export function packMade(id: string, { config, layers, loose, ...found }: Made): Packed {
  const blob = makeBlob('metadata', CONFIG_TYPE, config);
  const descriptors = layers.map(({ descriptor }) => descriptor);
  return {
    ...found,
    manifest: writeManifest(blob.descriptor, descriptors, id),
    config: blob,
    output: { layers, loose },
    longestChunk: undefined,
  };
}

/** Whole blobs and objects, as the plain fetcher asks for them. */
export const transferWhole: Model['transfer'] = (inventory, held) =>
  planTransfer(get, inventory, held, {});

/** A blob of the manifest, checked against its digest. */
export function readWholeBlob(
  store: Store,
  descriptor: AnnotatedDescriptor | undefined,
): Uint8Array {
  if (!descriptor) {
    throw new InputError('the manifest lacks a layer', {}, 'pack the image again');
  }
  const bytes = readAll(store.blob(descriptor.digest));
  verifyDigest(bytes, Buffer.from(descriptor.digest.slice('sha256:'.length), 'hex'));
  return bytes;
}
