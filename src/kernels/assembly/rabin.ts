/**
 * Rabin fingerprints over a window of 64 bytes as restic cuts them: the hot loop. The readable definition, which this must
 * equal cut for cut, is `reference` in src/chunkers/rabin.ts.
 *
 * From `min` on the digest depends on the last 64 bytes alone, so several stretches of one chunk can be digested at once:
 * one chain of table look-ups leaves most of the processor idle. Four are the best on Node 20 (twice the speed of one).
 *
 * Tables: 256 u64 that reduce a digest by the byte a shift pushes out, then 256 u64 that take out the byte that leaves the
 * window.
 */
import { size, TABLES, word } from './layout';
import { cutAll } from './loop';

export const WINDOW: usize = 64;
/** Degree 53: the top byte of a digest starts here. */
const SHIFT: u64 = 45;
/** Bytes of each stretch: long against the 64 bytes that warm its window up, short against a chunk. */
const STRETCH: usize = 256;

/** The digest after one more byte, nothing leaving. */
// @ts-ignore: decorator
@inline
export function append(digest: u64, at: usize): u64 {
  return ((digest << 8) | <u64>load<u8>(at)) ^ load<u64>(<usize>(digest >> SHIFT) << 3, TABLES);
}

/** The digest of the window that ends with the byte at `at`. */
// @ts-ignore: decorator
@inline
export function roll(digest: u64, at: usize): u64 {
  return append(digest, at) ^ load<u64>(<usize>load<u8>(at - WINDOW) << 3, TABLES + 2048);
}

function cut(data: usize, available: usize): usize {
  const min = size(0);
  const mask = word(2);
  if (available <= min) return available;
  const end = data + available;
  let at = data + min;
  let digest: u64 = 0;
  for (let warm = at - WINDOW; warm < at; warm++) digest = append(digest, warm);
  if ((digest & mask) == 0) return min;

  while (at + WINDOW + 4 * STRETCH <= end) {
    const middle = at + WINDOW + STRETCH;
    let second: u64 = 0;
    let third: u64 = 0;
    let fourth: u64 = 0;
    // The first stretch goes ahead by a window while the others warm up.
    for (const ahead = at + WINDOW; at < ahead; at++) {
      digest = roll(digest, at);
      if ((digest & mask) == 0) return at + 1 - data;
      second = append(second, at + STRETCH);
      third = append(third, at + 2 * STRETCH);
      fourth = append(fourth, at + 3 * STRETCH);
    }
    // Where the later stretches have their first cut; it counts if no stretch before has one. Each test
    // follows its own roll, and the conditions stay nested: joined, they cost a fifth of the speed.
    let inSecond: usize = 0;
    let inThird: usize = 0;
    let inFourth: usize = 0;
    for (; at < middle; at++) {
      digest = roll(digest, at);
      if ((digest & mask) == 0) return at + 1 - data;
      second = roll(second, at + STRETCH);
      if ((second & mask) == 0) { if (inSecond == 0) inSecond = at + STRETCH + 1; }
      third = roll(third, at + 2 * STRETCH);
      if ((third & mask) == 0) { if (inThird == 0) inThird = at + 2 * STRETCH + 1; }
      fourth = roll(fourth, at + 3 * STRETCH);
      if ((fourth & mask) == 0) { if (inFourth == 0) inFourth = at + 3 * STRETCH + 1; }
    }
    if (inSecond != 0) return inSecond - data;
    if (inThird != 0) return inThird - data;
    if (inFourth != 0) return inFourth - data;
    at += 3 * STRETCH;
    digest = fourth;
  }
  for (; at < end; at++) {
    digest = roll(digest, at);
    if ((digest & mask) == 0) return at + 1 - data;
  }
  return available;
}

/** Numbers: min, max, mask of the bits that must be zero. */
export function rabin(start: usize, end: usize, last: bool, out: usize, capacity: i32): i32 {
  return cutAll(start, end, last, out, capacity, size(1), cut);
}
