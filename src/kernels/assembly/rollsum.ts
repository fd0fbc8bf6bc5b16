/**
 * Rollsum with cuts at runs of zeros: the hot loop. The readable definition, which this must equal cut for cut, is in
 * src/chunkers/rollsum.ts. The window goes on over cuts, so the 64 bytes before `start` are read too.
 */
import { size, word } from './layout';
import { cutAll } from './loop';

const WINDOW: u32 = 64;
const OFFSET: u32 = 31;
/** The second sum at the start, less what the weights of an empty window make. */
const CONSTANT: u32 = 64 * 63 * 31 - 32 * 65 * 31;

/** No byte follows the block. */
let complete: bool = false;

function cut(data: usize, available: usize): usize {
  const max = size(0);
  const mask = <u32>word(1);
  const hole = size(2);
  const end = data + available;
  let first: u32 = 0;
  let second: u32 = CONSTANT;
  for (let at = data - WINDOW; at < data; at++) {
    first += <u32>load<u8>(at) + OFFSET;
    second += first;
  }
  let known = data;
  for (let at = data; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (byte == 0 && at >= known) {
      known = at + 1;
      while (known < end && load<u8>(known) == 0) known++;
      if (known - at >= hole) return at == data ? known - at : at - data;
      // The run may grow into a hole.
      if (known == end && !complete && available < max) return available;
    }
    const oldest = <u32>load<u8>(at - WINDOW);
    first += byte - oldest;
    second += first - WINDOW * (oldest + OFFSET);
    if ((second & mask) == mask) return at + 1 - data;
  }
  return available;
}

/** Numbers: max, mask of the bits that must be one, zeros that make a hole. */
export function rollsum(start: usize, end: usize, last: bool, out: usize, capacity: i32): i32 {
  complete = last;
  return cutAll(start, end, last, out, capacity, size(0), cut);
}
