import type { Setting } from '../kernels/kernels.ts';
import { type Algorithm, wasmKernel } from './chunker.ts';

/** Cyclic polynomial hash of 32 bits over a window; a cut is where (hash + addend) is a multiple of a divisor. */
export interface Buzhash {
  readonly min: number;
  readonly max: number;
  /** 256 u32. */
  readonly table: Uint32Array;
  /** Bytes hashed. */
  readonly window: number;
  /** Bytes of the window that lie after the cut: none (casync) or all of it (borg). */
  readonly ahead: number;
  readonly addend: 0 | 1;
  readonly divisor: number;
}

export function buzhashAlgorithm(rule: Buzhash): Algorithm {
  return {
    shortest: rule.min,
    longest: rule.max,
    reference: (bytes, start) => cut(rule, bytes.subarray(start, start + rule.max)),
    kernel: wasmKernel('buzhash', rule.max, setting(rule)),
  };
}

const rotate = (word: number, by: number): number => (word << (by & 31)) | (word >>> (-by & 31));

/** Hash of these bytes: the last one as it is, each one before it rotated once more. */
export function hashOf(bytes: Uint8Array, table: Uint32Array): number {
  let hash = 0;
  for (const byte of bytes) hash = rotate(hash, 1) ^ table[byte]!;
  return hash >>> 0;
}

/** The definition: length of the chunk at the start of `bytes`, of which there are at most the longest chunk. */
function cut(rule: Buzhash, bytes: Uint8Array): number {
  const { min, table, window, ahead, addend, divisor } = rule;
  for (let at = min; at + ahead < bytes.length; at++) {
    const hash = hashOf(bytes.subarray(at + ahead - window, at + ahead), table);
    if ((hash + addend) % divisor === 0) return at;
  }
  return bytes.length;
}

function setting({ min, max, table, window, ahead, addend, divisor }: Buzhash): Setting {
  const reciprocal = (2n ** 64n + BigInt(divisor) - 1n) / BigInt(divisor);
  const tables = new Uint32Array(512);
  tables.set(table);
  tables.set(
    table.map((word) => rotate(word, window)),
    256,
  );
  return { numbers: [min, max, window, ahead, addend, reciprocal], tables };
}
