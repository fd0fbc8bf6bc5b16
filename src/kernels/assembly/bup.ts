/**
 * bup's rollsum: the hot loop. The readable definition, which this must equal cut for cut, is in src/chunkers/bup.ts. The
 * window is empty at the start of every chunk.
 */
import { size, word } from './layout';
import { cutAll } from './loop';

const WINDOW: u32 = 64;
const OFFSET: u32 = 31;

function cut(data: usize, available: usize): usize {
  const mask = <u32>word(1);
  const end = data + available;
  const filled = available < WINDOW ? end : data + WINDOW;
  let first: u32 = WINDOW * OFFSET;
  let second: u32 = WINDOW * (WINDOW - 1) * OFFSET;
  let at = data;
  for (; at < filled; at++) {
    first += <u32>load<u8>(at);
    second += first - WINDOW * OFFSET;
    if ((((first << 16) | (second & 0xffff)) & mask) == mask) return at + 1 - data;
  }
  for (; at < end; at++) {
    const oldest = <u32>load<u8>(at - WINDOW);
    first += <u32>load<u8>(at) - oldest;
    second += first - WINDOW * (oldest + OFFSET);
    if ((((first << 16) | (second & 0xffff)) & mask) == mask) return at + 1 - data;
  }
  return available;
}

/** Numbers: max, mask of the bits that must be one. */
export function bup(start: usize, end: usize, last: bool, out: usize, capacity: i32): i32 {
  return cutAll(start, end, last, out, capacity, size(0), cut);
}
