/**
 * The chunker of xet: gear hash with a mask of high bits, cut after the byte. The readable definition, which this must equal
 * cut for cut, is in src/chunkers/xet.ts. Table: 256 u64.
 */
import { carried, stretch } from './gear';
import { size, word } from './layout';
import { cutAll } from './loop';

function cut(data: usize, available: usize): usize {
  const min = size(1);
  if (available <= min) return available;
  const end = data + available;
  const mask = word(3);
  let at = stretch(data + size(0), end, 0, mask);
  while (at + 1 < data + min) at = stretch(at + 1, end, carried, mask);
  return at < end ? at + 1 - data : available;
}

/** Numbers: bytes skipped at the start of a chunk, min, max, mask. */
export function xet(start: usize, end: usize, last: bool, out: usize, capacity: i32): i32 {
  return cutAll(start, end, last, out, capacity, size(2), cut);
}
