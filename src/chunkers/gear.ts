import { createHash } from 'node:crypto';

/**
 * The gear table that FastCDC implementations share, 256 u64: entry b is the first eight bytes, big endian, of the MD5 of
 * the byte b repeated 64 times. (The remote-apis specification says "of the byte"; its own vectors need the 64.)
 */
export const gear: BigUint64Array = BigUint64Array.from({ length: 256 }, (_, byte) =>
  createHash('md5').update(new Uint8Array(64).fill(byte)).digest().readBigUInt64BE(),
);
