/**
 * RepMaxCDC: the hot loop. The readable definition, which this must equal cut for cut, is in src/chunkers/repmax.ts. Table:
 * 256 u64. Every chunk is decided by its whole look-ahead, which is hashed anew for each.
 */
import { size, TABLES } from './layout';
import { cutAll } from './loop';

const WINDOW: usize = 64;

/** No byte follows the block. */
let complete: bool = false;

function cut(data: usize, available: usize): usize {
  const min = size(0);
  // Any byte of the look-ahead that is not there yet could change the cut.
  if (!complete && available < size(1)) return available;
  if (available < 2 * min) return available;
  let limit = data + available - min;
  let initial: u64 = 0;
  for (let at = data + min - WINDOW; at < data + min; at++) {
    initial = (initial << 1) + load<u64>(<usize>load<u8>(at) << 3, TABLES);
  }
  let best: usize;
  do {
    let hash = initial;
    let greatest = hash;
    best = data + min;
    for (let at = data + min; at < limit; at++) {
      hash = (hash << 1) + load<u64>(<usize>load<u8>(at) << 3, TABLES);
      if (hash > greatest) {
        greatest = hash;
        best = at + 1;
      }
    }
    limit = best - min;
  } while (best - data >= 2 * min);
  return best - data;
}

/** Numbers: min, look-ahead. */
export function repmax(start: usize, end: usize, last: bool, out: usize, capacity: i32): i32 {
  complete = last;
  return cutAll(start, end, last, out, capacity, size(1), cut);
}
