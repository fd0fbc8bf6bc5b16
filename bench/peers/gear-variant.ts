import { readFileSync } from 'node:fs';
import { gear } from '../../src/chunkers/gear.ts';

/** FastCDC as others vary it, by definition and slowly: where a peer's cuts are not ours, the variant that makes them is why. */
export interface GearVariant {
  /** min, normal, max: bytes. */
  readonly sizes: readonly [number, number, number];
  /** Before the normal size and from it on. */
  readonly masks: readonly [bigint, bigint];
  /** Where the byte that triggers a cut belongs to the chunk before it. */
  readonly isAfter: boolean;
  /** 256 u64; ours where absent. */
  readonly table?: BigUint64Array;
}

/** Lengths of the chunks of a file. */
export function cutByGear(
  path: string,
  { sizes, masks, isAfter, table = gear }: GearVariant,
): readonly number[] {
  const bytes = readFileSync(path);
  const [min, normal, max] = sizes;
  // Halves of 32 bits: numbers are fast where bigints are not.
  const [high, low] = [32n, 0n].map((shift) => Int32Array.from(table, (one) => half(one, shift)));
  const highMasks = masks.map((mask) => half(mask, 32n));
  const lowMasks = masks.map((mask) => half(mask, 0n));
  const lengths: number[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = Math.min(bytes.length, start + max);
    let [upper, lower, cut] = [0, 0, end];
    for (let at = start + min; at < end; at++) {
      const byte = bytes[at]!;
      const sum = ((lower << 1) >>> 0) + (low![byte]! >>> 0);
      upper = ((upper << 1) | (lower >>> 31)) + high![byte]! + (sum > 0xffffffff ? 1 : 0);
      upper |= 0;
      lower = sum | 0;
      const mask = at - start < normal ? 0 : 1;
      if ((upper & highMasks[mask]!) === 0 && (lower & lowMasks[mask]!) === 0) {
        cut = isAfter ? at + 1 : at;
        break;
      }
    }
    lengths.push(cut - start);
    start = cut;
  }
  return lengths;
}

function half(value: bigint, shift: bigint): number {
  return Number(BigInt.asIntN(32, value >> shift));
}
