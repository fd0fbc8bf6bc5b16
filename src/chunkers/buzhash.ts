import type { Setting } from '../kernels/kernels.ts';
import { type Algorithm, type Selection, selectionOf, wasmKernel } from './chunker.ts';

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
  /** A power of two where the addend is 0. */
  readonly divisor: number;
}

export function buzhashAlgorithm(rule: Buzhash): Algorithm {
  return {
    shortest: rule.min,
    longest: rule.max,
    reference: (bytes, start) => cut(rule, bytes.subarray(start, start + rule.max)),
    kernel: wasmKernel('buzhash', rule.max, setting(rule)),
    selection: selection(rule),
  };
}

function selection({ min, max, table, window, ahead, addend, divisor }: Buzhash): Selection {
  const hash = { setting: { numbers: [window], tables: buzhashTables(table, window) }, window };
  const place = {
    first: min + ahead - 1,
    max,
    lead: 1 - ahead,
    // The last byte of the longest chunk is never the last of a window ahead.
    untested: Math.min(ahead, 1),
  };
  if (addend === 0) {
    const mask = BigInt(divisor - 1);
    const masks = { small: mask, large: mask };
    return selectionOf({ scan: 'scanBuzhash', select: 'selectBuzhash', ...hash, masks, ...place });
  }
  const odd = divisor / (divisor & -divisor);
  return selectionOf({
    scan: 'scanMultiples',
    select: 'selectMultiples',
    ...hash,
    masks: { small: ALL, large: ALL },
    ...place,
    numbers: [inverse(odd), Math.floor((2 ** 32 - 1) / odd), reciprocal(divisor)],
  });
}

/** Candidates come with a hash of zero, which passes whatever the mask. */
const ALL = 2n ** 32n - 1n;

/** Of an odd number modulo 2³². Each step doubles the bits that are right, which are three at first. */
function inverse(odd: number): number {
  let found = odd;
  for (let right = 3; right < 32; right *= 2) found = Math.imul(found, 2 - Math.imul(odd, found));
  return found >>> 0;
}

/** 256 u32, and the same rotated by the window, for the byte that leaves. */
export function buzhashTables(table: Uint32Array, window: number): Uint32Array {
  const tables = new Uint32Array(512);
  tables.set(table);
  tables.set(
    table.map((word) => rotate(word, window)),
    256,
  );
  return tables;
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

const reciprocal = (divisor: number): bigint =>
  (2n ** 64n + BigInt(divisor) - 1n) / BigInt(divisor);

function setting({ min, max, table, window, ahead, addend, divisor }: Buzhash): Setting {
  const numbers = [min, max, window, ahead, addend, reciprocal(divisor)];
  return { numbers, tables: buzhashTables(table, window) };
}
