import { UnavailableError, VerificationError, type Where } from '../errors.ts';
import { verify } from '../images/cache.ts';
import { Rope } from '../streams/rope.ts';
import type { ByteSource } from '../streams/source.ts';
import { blobsOf, type Packed, type Store } from './packer.ts';

/** What was just packed, as a store: nothing is copied. */
export function memoryStore(packed: Packed): Store {
  const blobs = new Map<string, ByteSource>();
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
  const blob = (digest: string): ByteSource => found(blobs.get(digest), `blob ${digest}`);
  return {
    blob,
    range: (digest, offset, length) => partOf(blob(digest), offset, length, {}),
    object(name) {
      const [offset, length] = found(places.get(name), `object ${name}`);
      return new Rope().append(packed.stored.bytes, offset, length);
    },
  };
}

/** Throws a VerificationError where the blob is shorter. @param where the blob is */
export function partOf(blob: ByteSource, offset: number, length: number, where: Where): ByteSource {
  if (offset >= 0 && length >= 0 && offset + length <= blob.length) {
    return new Rope().append(blob, offset, length);
  }
  throw new VerificationError(
    `blob ends before ${offset + length} bytes`,
    { ...where, offset: blob.length },
    'the store is damaged: pack again',
  );
}

function found<T>(value: T | undefined, what: string): T {
  if (value !== undefined) return value;
  throw new UnavailableError(
    `the store has no ${what}`,
    {},
    'it was lost or never packed: pack again',
  );
}
