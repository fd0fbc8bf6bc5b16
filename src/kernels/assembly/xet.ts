/**
 * The chunker of xet: gear hash with a mask of high bits, cut after the byte. The readable definition, which this must equal
 * cut for cut, is in src/chunkers/xet.ts. Table: 256 u64.
 */
import { stretch } from './gear';
import { size, word } from './layout';
import { cutAll } from './loop';

function cut(data: usize, available: usize): usize {
  const skipped = size(0);
  if (available <= skipped) return available;
  const end = data + available;
  const at = stretch(data + skipped, end, 0, word(2));
  return at < end ? at + 1 - data : available;
}

/** Numbers: bytes skipped at the start of a chunk, max, mask. */
export function xet(start: usize, end: usize, last: bool, out: usize, capacity: i32): i32 {
  return cutAll(start, end, last, out, capacity, size(1), cut);
}
