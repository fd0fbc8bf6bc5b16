import { seeded } from '../../stats/mod.ts';

/** Bytes that do not compress and are the same everywhere. */
export function noise(length: number, seed: number): Uint8Array {
  const random = seeded(seed);
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = 256 * random();
  return bytes;
}
