import { UnavailableError } from '../errors.ts';
import { verify } from '../images/cache.ts';
import { blobsOf, type Packed, type Store } from './packer.ts';

/** What was just packed, as a store: nothing is copied. */
export function memoryStore(packed: Packed): Store {
  const blobs = new Map<string, Uint8Array>();
  for (const { descriptor, bytes } of blobsOf(packed)) {
    // Numbers come from descriptors: one that tells less than there is would look like a saving.
    verify({ digest: descriptor.digest, size: bytes.length }, descriptor, {});
    blobs.set(descriptor.digest, bytes);
  }
  const places = new Map<string, readonly [number, number]>();
  if (packed.output.loose) {
    let offset = 0;
    for (const [number, length] of packed.stored.lengths.entries()) {
      const digest = packed.objects.digests.subarray(32 * number, 32 * number + 32);
      places.set(Buffer.from(digest).toString('hex'), [offset, length]);
      offset += length;
    }
  }
  const blob = (digest: string): Uint8Array => found(blobs.get(digest), `blob ${digest}`);
  return {
    blob,
    range: (digest, offset, length) => blob(digest).subarray(offset, offset + length),
    object(name) {
      const [offset, length] = found(places.get(name), `object ${name}`);
      return packed.stored.bytes.subarray(offset, offset + length);
    },
  };
}

function found<T>(value: T | undefined, what: string): T {
  if (value !== undefined) return value;
  throw new UnavailableError(
    `the store has no ${what}`,
    {},
    'it was lost or never packed: pack again',
  );
}
