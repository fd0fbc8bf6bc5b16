/**
 * FastCDC as ronomon/deduplication has it: a gear hash of 31 bits that shifts right. The readable definition, which this
 * must equal cut for cut, is in src/chunkers/ronomon.ts. Table: 256 u32.
 */
import { size, TABLES } from './layout';
import { cutAll } from './loop';

let carried: u32 = 0;

/** Address after the first byte whose hash has no bit of `mask`, or 0: then the hash is in `carried`. */
// @ts-ignore: decorator
@inline
function stretch(at: usize, end: usize, hash: u32, mask: u32): usize {
  for (; at + 4 <= end; at += 4) {
    hash = (hash >> 1) + load<u32>(<usize>load<u8>(at) << 2, TABLES);
    if ((hash & mask) == 0) return at + 1;
    hash = (hash >> 1) + load<u32>(<usize>load<u8>(at, 1) << 2, TABLES);
    if ((hash & mask) == 0) return at + 2;
    hash = (hash >> 1) + load<u32>(<usize>load<u8>(at, 2) << 2, TABLES);
    if ((hash & mask) == 0) return at + 3;
    hash = (hash >> 1) + load<u32>(<usize>load<u8>(at, 3) << 2, TABLES);
    if ((hash & mask) == 0) return at + 4;
  }
  for (; at < end; at++) {
    hash = (hash >> 1) + load<u32>(<usize>load<u8>(at) << 2, TABLES);
    if ((hash & mask) == 0) return at + 1;
  }
  carried = hash;
  return 0;
}

function cut(data: usize, available: usize): usize {
  const min = size(0);
  const pivot = size(1);
  if (available <= min) return available;
  let from = data + min;
  const centre = data + (pivot < available ? pivot : available);
  let hash: u32 = 0;
  if (from < centre) {
    const found = stretch(from, centre, 0, <u32>size(3));
    if (found != 0) return found - data;
    from = centre;
    hash = carried;
  }
  const found = stretch(from, data + available, hash, <u32>size(4));
  return found != 0 ? found - data : available;
}

/** Numbers: min, pivot, max, mask before the pivot, mask after it. */
export function ronomon(start: usize, end: usize, last: bool, out: usize, capacity: i32): i32 {
  return cutAll(start, end, last, out, capacity, size(2), cut);
}
