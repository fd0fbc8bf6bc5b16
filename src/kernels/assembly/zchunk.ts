/**
 * Buzhash as zck feeds it: the hot loop. The readable definition, which this must equal cut for cut, is in
 * src/chunkers/zchunk.ts.
 *
 * Tables: 256 u32, then the same rotated by the window for the byte that leaves, then a ring of the last bytes fed.
 */
import { size, TABLES, word } from './layout';
import { cutAll } from './loop';

const WINDOW: usize = 48;
const RING: usize = TABLES + 2048;

// @ts-ignore: decorator
@inline
function entering(byte: u8): u32 {
  return load<u32>(<usize>byte << 2, TABLES);
}

// @ts-ignore: decorator
@inline
function leaving(byte: u8): u32 {
  return load<u32>(<usize>byte << 2, TABLES + 1024);
}

function cut(data: usize, available: usize): usize {
  const min = size(0);
  const mask = <u32>word(2);
  if (available <= min) return available;
  const end = data + available;
  const first = data + min;
  let hash: u32 = 0;
  for (let n: usize = 0; n < WINDOW; n++) {
    const byte = load<u8>(data + n);
    store<u8>(RING + n, byte);
    hash = rotl<u32>(hash, 1) ^ entering(byte);
  }
  // The byte at `at` has been fed once. Until the window is free of bytes fed twice, it is not a piece of the stream.
  let oldest: usize = 0;
  let at = data + WINDOW - 1;
  let twice = data;
  for (;;) {
    const isCut = (hash & mask) == 0;
    if (isCut && at >= first) return at - data;
    if (isCut) twice = at;
    else if (++at >= end) return available;
    else if (at > first && at > twice + WINDOW) break;
    const byte = load<u8>(at);
    hash = rotl<u32>(hash, 1) ^ leaving(load<u8>(RING + oldest)) ^ entering(byte);
    store<u8>(RING + oldest, byte);
    oldest = oldest + 1 == WINDOW ? 0 : oldest + 1;
  }
  for (; at < end; at++) {
    hash = rotl<u32>(hash, 1) ^ leaving(load<u8>(at - WINDOW)) ^ entering(load<u8>(at));
    if ((hash & mask) == 0) return at - data;
  }
  return available;
}

/** Numbers: min, max, mask of the bits that must be zero. */
export function zchunk(start: usize, end: usize, last: bool, out: usize, capacity: i32): i32 {
  return cutAll(start, end, last, out, capacity, size(1), cut);
}
