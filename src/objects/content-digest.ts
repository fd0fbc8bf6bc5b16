import crypto, { createHash } from 'node:crypto';
import { VerificationError } from '../errors.ts';
import { type ByteSource, hashSource } from '../streams/source.ts';

/** In one call, which takes less than an object of its own; absent before Node 20.12. */
const hashOnce = crypto.hash as typeof crypto.hash | undefined;

/** sha256. */
export function digestOf(content: Uint8Array | ByteSource): Buffer {
  if (hashOnce && content instanceof Uint8Array) return hashOnce('sha256', content, 'buffer');
  const hash = createHash('sha256');
  if (content instanceof Uint8Array) hash.update(content);
  else hashSource(content, hash);
  return hash.digest();
}

export function verifyDigest(content: Uint8Array | ByteSource, expected: Uint8Array): void {
  checkDigest(digestOf(content), expected);
}

/** Throws a VerificationError where they differ. */
export function checkDigest(actual: Buffer, expected: Uint8Array): void {
  if (actual.equals(expected)) return;
  throw new VerificationError(
    `content has sha256 ${actual.toString('hex')} instead of ${Buffer.from(expected).toString('hex')}`,
    {},
    'the store lost or altered an object: pack again',
  );
}
