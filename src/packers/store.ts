import { UnavailableError, VerificationError, type Where } from '../errors.ts';
import { verify } from '../images/cache.ts';
import { DigestTable } from '../objects/digest-table.ts';
import { startsOf } from '../objects/work.ts';
import { Part } from '../streams/part.ts';
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
  const { objects, stored } = packed;
  const count = packed.output.loose ? stored.lengths.length : 0;
  const names = new DigestTable(count);
  const numbers = new Uint32Array(count);
  for (let number = 0; number < count; number++) {
    numbers[names.add(objects.digests, 32 * number)] = number;
  }
  const starts = startsOf(stored.lengths);
  const blob = (digest: string): ByteSource => found(blobs.get(digest), `blob ${digest}`);
  return {
    blob,
    range: (digest, offset, length) => partOf(blob(digest), offset, length, {}),
    object(name) {
      const row = /^[0-9a-f]{64}$/.test(name) ? names.find(Buffer.from(name, 'hex')) : -1;
      const number = found(numbers[row], `object ${name}`);
      return new Part(stored.bytes, starts[number]!, stored.lengths[number]!);
    },
  };
}

/** Throws a VerificationError where the blob is shorter. @param where the blob is */
export function partOf(blob: ByteSource, offset: number, length: number, where: Where): ByteSource {
  if (offset >= 0 && length >= 0 && offset + length <= blob.length) {
    return new Part(blob, offset, length);
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
