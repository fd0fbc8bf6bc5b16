/**
 * MaxCDC: the hot loop. The readable definition, which this must equal cut for cut, is in src/chunkers/maxcdc.ts. Table: 256
 * u64. The bytes between a chunk's end and its max are hashed again for the next: a fifth of all where max is 4 · min.
 */
import { greatestHash } from './greatest-hash';
import { size } from './layout';
import { cutAll } from './loop';

/** No byte follows the block. */
let complete: bool = false;

function cut(data: usize, available: usize): usize {
  const min = size(0);
  // Any byte of the look-ahead that is not there yet could change the cut.
  if (!complete && available < size(1)) return available;
  if (available < 2 * min) return available;
  return greatestHash(data + min, data + available - min) - data;
}

/** Numbers: min, look-ahead. */
export function maxcdc(start: usize, end: usize, last: bool, out: usize, capacity: i32): i32 {
  complete = last;
  return cutAll(start, end, last, out, capacity, size(1), cut);
}
