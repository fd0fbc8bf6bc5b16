/**
 * SeqCDC: the hot loop. The readable definition, which this must equal cut for cut, is in src/chunkers/seqcdc.ts. It reads
 * one byte in several only, since it skips where bytes go the wrong way often.
 */
import { size } from './layout';
import { cutAll } from './loop';

function cut(data: usize, available: usize): usize {
  const min = size(0);
  const sequence = <u32>size(2);
  const trigger = <u32>size(3);
  const skip = size(4);
  const falling = size(5) != 0;
  const end = data + available;
  let inRow: u32 = 0;
  let opposed: u32 = 0;
  for (let at = data + min; at < end; at++) {
    const before = load<u8>(at - 1);
    const byte = load<u8>(at);
    if (byte == before) continue;
    if ((byte < before) == falling) {
      if (++inRow == sequence) return at - data;
    } else {
      inRow = 0;
      opposed++;
    }
    if (opposed == trigger) {
      at += skip;
      opposed = 0;
    }
  }
  return available;
}

/** Numbers: min, max, length of a sequence, opposed pairs that make it skip, bytes skipped, 1 for falling sequences. */
export function seqcdc(start: usize, end: usize, last: bool, out: usize, capacity: i32): i32 {
  return cutAll(start, end, last, out, capacity, size(1), cut);
}
