/**
 * Buzhash (cyclic polynomial, 32 bits) over a window that ends where the cut would be (casync) or begins there (borg): the
 * hot loop. The readable definition, which this must equal cut for cut, is in src/chunkers/buzhash.ts.
 *
 * Tables: 256 u32, then the same rotated by the window, for the byte that leaves.
 */
import { size, TABLES } from './layout';
import { cutAll } from './loop';

// @ts-ignore: decorator
@inline
function entering(at: usize): u32 {
  return load<u32>(<usize>load<u8>(at) << 2, TABLES);
}

// @ts-ignore: decorator
@inline
function leaving(at: usize): u32 {
  return load<u32>(<usize>load<u8>(at) << 2, TABLES + 1024);
}

/**
 * `(hash + addend) mod divisor == 0` without a division (Granlund and Montgomery 1994, §9): the product with the inverse of
 * the divisor's odd part, rotated by its power of two, is small exactly for multiples.
 */
function cut(data: usize, available: usize): usize {
  const min = size(0);
  const window = size(2);
  const ahead = size(3);
  const addend = <u32>size(4);
  const inverse = <u32>size(5);
  const twos = <i32>size(6);
  const limit = <u32>size(7);
  const zeroCounts = size(8) != 0;
  if (available <= min + ahead) return available;

  // The window is [front − window, front).
  let front = data + min + ahead;
  const end = data + available;
  let hash: u32 = 0;
  for (let at = front - window; at < front; at++) hash = rotl<u32>(hash, 1) ^ entering(at);
  while (true) {
    const tested = hash + addend;
    // hash + addend may be 2³², which wraps to 0.
    if (rotr<u32>(tested * inverse, twos) <= limit && (tested != 0 || zeroCounts)) {
      return front - ahead - data;
    }
    if (front + 1 >= end) return available;
    hash = rotl<u32>(hash, 1) ^ leaving(front - window) ^ entering(front);
    front++;
  }
}

/**
 * Numbers: min, max, window, bytes of the window after the cut, addend, inverse of the divisor's odd part, exponent of
 * its power of two, ⌊(2³² − 1) ÷ divisor⌋, whether 2³² is a multiple of the divisor or the addend is zero.
 */
export function buzhash(start: usize, end: usize, last: bool, out: usize, capacity: i32): i32 {
  return cutAll(start, end, last, out, capacity, size(1), cut);
}
