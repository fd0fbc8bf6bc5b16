/**
 * RepMaxCDC: the hot loop. The readable definition, which this must equal cut for cut, is in src/chunkers/repmax.ts. Table:
 * 256 u64. Every chunk is decided by its whole look-ahead, which is hashed anew for each.
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
  let best = data + available;
  do {
    best = greatestHash(data + min, best - min);
  } while (best - data >= 2 * min);
  return best - data;
}

/** Numbers: min, look-ahead. */
export function repmax(start: usize, end: usize, last: bool, out: usize, capacity: i32): i32 {
  complete = last;
  return cutAll(start, end, last, out, capacity, size(1), cut);
}
