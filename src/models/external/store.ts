import { InputError } from '../../errors.ts';
import { verifyDigest } from '../../objects/work.ts';
import type { AnnotatedDescriptor, Store } from '../../packers/packer.ts';

/** A blob of the manifest, checked against its digest. */
export function readWholeBlob(
  store: Store,
  descriptor: AnnotatedDescriptor | undefined,
): Uint8Array {
  if (!descriptor) {
    throw new InputError('the manifest lacks a layer', {}, 'pack the image again');
  }
  const bytes = store.blob(descriptor.digest);
  verifyDigest(bytes, Buffer.from(descriptor.digest.slice('sha256:'.length), 'hex'));
  return bytes;
}
