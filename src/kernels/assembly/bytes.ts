/**
 * Searches over bytes, 64 at a time in vectors of 16: what the chunkers without a hash are made of.
 */

// @ts-ignore: decorator
@inline
function greatest64(at: usize): v128 {
  return i8x16.max_u(
    i8x16.max_u(v128.load(at), v128.load(at, 16)),
    i8x16.max_u(v128.load(at, 32), v128.load(at, 48)),
  );
}

/** Address of the first byte in `at` … `end` that is at least `least`, or `end`. Every byte is at least 0. */
export function firstAtLeast(at: usize, end: usize, least: u8): usize {
  const bound = i8x16.splat(<i8>least);
  for (; at + 64 <= end; at += 64) {
    if (v128.any_true(i8x16.ge_u(greatest64(at), bound))) break;
  }
  for (; at + 16 <= end; at += 16) {
    const lanes = i8x16.bitmask(i8x16.ge_u(v128.load(at), bound));
    if (lanes != 0) return at + <usize>ctz(lanes);
  }
  for (; at < end; at++) if (load<u8>(at) >= least) return at;
  return end;
}

/** The greatest byte in `at` … `end`; looks no further than the first 0xff. */
export function greatest(at: usize, end: usize): u8 {
  let lanes = i8x16.splat(0);
  const top = i8x16.splat(-1);
  for (; at + 64 <= end; at += 64) {
    lanes = i8x16.max_u(lanes, greatest64(at));
    if (v128.any_true(i8x16.eq(lanes, top))) return 0xff;
  }
  lanes = i8x16.max_u(lanes, i8x16.shuffle(lanes, lanes, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  const eight = i64x2.extract_lane(lanes, 0);
  let found: u8 = 0;
  for (let shift: i64 = 0; shift < 64; shift += 8) {
    const byte = <u8>(eight >> shift);
    if (byte > found) found = byte;
  }
  for (; at < end; at++) if (load<u8>(at) > found) found = load<u8>(at);
  return found;
}
