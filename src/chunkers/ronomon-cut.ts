import { createCipheriv } from 'node:crypto';
import type { Parameter, Values } from '../ids.ts';
import { limits } from '../limits.ts';
import { disorder, sizeParameters } from './parameters.ts';

/**
 * FastCDC as ronomon/deduplication changed it, and fastcdc-wasm and the `ronomon` module of fastcdc-rs after it: a hash of
 * 31 bits that shifts right, masks of low bits, a pivot well before the average. A chunk ends *after* the byte that
 * triggers.
 */

/** 256 u32: AES-256-CTR keystream with zero key and counter, big endian, without the top bit. */
export const ronomonTable: Uint32Array = keystreamTable();

function keystreamTable(): Uint32Array {
  const cipher = createCipheriv('aes-256-ctr', new Uint8Array(32), new Uint8Array(16));
  const keystream = cipher.update(new Uint8Array(1024));
  return Uint32Array.from(
    { length: 256 },
    (_, index) => keystream.readUInt32BE(4 * index) & 0x7fffffff,
  );
}

/** Ranges of ronomon, up to the longest chunk here; its documentation leaves the defaults to the user. */
export const ronomonParameters: readonly Parameter[] = sizeParameters({
  min: { least: 64, most: limits.chunkBytes, default: (avg) => avg / 4 },
  avg: {
    least: 256,
    most: 16 << 20,
    default: 65536,
    description: 'the stricter mask gives way to the looser one at avg − 1.5 min',
  },
  max: { least: 1024, most: limits.chunkBytes, default: (avg) => avg * 4 },
});

/** Says so where min < avg ≤ max − min does not hold. */
export function ronomonDisorder(values: Values): string | undefined {
  const { min, avg, max } = ronomonSizes(values);
  if (min >= avg) return 'min must be below avg';
  if (max - min < avg) return 'max − min must be at least avg';
  return disorder(values);
}

/** Sizes and what follows from them: bytes, and masks of the bits that must be zero. */
export interface RonomonSizes {
  readonly min: number;
  readonly avg: number;
  readonly max: number;
  /** Where the strict mask gives way to the loose one. */
  readonly pivot: number;
  readonly strict: number;
  readonly loose: number;
}

export function ronomonSizes(values: Values): RonomonSizes {
  const [min, avg, max] = [Number(values['min']), Number(values['avg']), Number(values['max'])];
  const level = Math.round(Math.log2(avg));
  return {
    min,
    avg,
    max,
    pivot: avg - Math.min(avg, min + Math.ceil(min / 2)),
    strict: 2 ** (level + 1) - 1,
    loose: 2 ** (level - 1) - 1,
  };
}

/** The definition: length of the chunk at the start of `bytes`, of which there are at most the longest chunk. */
export function ronomonCut(bytes: Uint8Array, { min, pivot, strict, loose }: RonomonSizes): number {
  let hash = 0;
  for (let at = min; at < bytes.length; at++) {
    hash = (hash >>> 1) + ronomonTable[bytes[at]!]!;
    if ((hash & (at < pivot ? strict : loose)) === 0) return at + 1;
  }
  return bytes.length;
}
