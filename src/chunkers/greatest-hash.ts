import { gear } from './gear.ts';

/** What the chunkers that cut at the greatest gear hash of a look-ahead have in common. */

/** Bytes that a gear hash of 64 bits depends on; no chunk can be shorter. */
export const GEAR_WINDOW = 64;

/** The first place from `min` to `limit` (or `min`) whose last 64 bytes have the greatest hash, bytes from the start. */
export function greatestHash(bytes: Uint8Array, min: number, limit: number): number {
  let hash = 0n;
  let greatest = -1n;
  let best = min;
  for (let at = min - GEAR_WINDOW; at < Math.max(min, limit); at++) {
    hash = BigInt.asUintN(64, (hash << 1n) + gear[bytes[at]!]!);
    if (at + 1 < min || hash <= greatest) continue;
    greatest = hash;
    best = at + 1;
  }
  return best;
}
