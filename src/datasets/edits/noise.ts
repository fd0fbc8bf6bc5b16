import { seeded } from '../../stats/mod.ts';

/** Bytes that do not compress and are the same everywhere. */
export function noise(length: number, seed: number): Uint8Array {
  const random = seeded(seed);
  return Uint8Array.from({ length }, () => 256 * random());
}
