/**
 * Buzhash (cyclic polynomial, 32 bits) over a window that ends where the cut would be (casync) or begins there (borg): the
 * hot loop. The readable definition, which this must equal cut for cut, is in src/chunkers/buzhash.ts.
 *
 * Tables: 256 u32, then the same rotated by the window, for the byte that leaves.
 */
import { size, TABLES, word } from './layout';
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

function cut(data: usize, available: usize): usize {
  const min = size(0);
  const window = size(2);
  const ahead = size(3);
  const addend = word(4);
  const reciprocal = word(5);
  if (available <= min + ahead) return available;

  // The window is [back, front).
  let front = data + min + ahead;
  let back = front - window;
  const end = data + available;
  let hash: u32 = 0;
  for (let at = back; at < front; at++) hash = rotl<u32>(hash, 1) ^ entering(at);
  for (; front < end; front++) {
    // A multiple of the divisor, without a division: Lemire, Kaser, Kurz, "Faster remainder by direct computation", 2019.
    if ((<u64>hash + addend) * reciprocal < reciprocal) return front - ahead - data;
    hash = rotl<u32>(hash, 1) ^ leaving(back) ^ entering(front);
    back++;
  }
  return available;
}

/** Numbers: min, max, window, bytes of the window after the cut, addend, ⌈2⁶⁴ ÷ divisor⌉. */
export function buzhash(start: usize, end: usize, last: bool, out: usize, capacity: i32): i32 {
  return cutAll(start, end, last, out, capacity, size(1), cut);
}
