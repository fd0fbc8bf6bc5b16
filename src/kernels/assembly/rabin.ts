/**
 * Rabin fingerprints over a window of 64 bytes as restic cuts them: the hot loop. The readable definition, which this must
 * equal cut for cut, is `reference` in src/chunkers/rabin.ts.
 *
 * From `min` on the digest depends on the last 64 bytes alone, so two stretches of one chunk can be digested at once: the
 * loop waits for its table look-ups, not for the processor, and a second independent chain is nearly free.
 */
const WINDOW: usize = 64;
/** Degree 53: the eight bits that a further byte pushes out. */
const SHIFT: u64 = 45;
/** Bytes of each stretch: long against the 64 bytes that warm its window up, short against a chunk. */
const STRETCH: usize = 2048;

/** `tables`: 256 u64 that reduce (index: the top byte), then 256 u64 that take the byte leaving the window out. */
// @ts-ignore: decorator
@inline
function roll(digest: u64, at: usize, tables: usize): u64 {
  return (
    ((digest << 8) | <u64>load<u8>(at)) ^
    load<u64>(tables + <usize>((digest >> SHIFT) << 3)) ^
    load<u64>(tables + 2048 + (<usize>load<u8>(at - WINDOW) << 3))
  );
}

/** Digest of the 64 bytes that end before `at`. */
function warm(at: usize, tables: usize): u64 {
  let digest: u64 = 0;
  for (let from = at - WINDOW; from < at; from++) {
    digest = ((digest << 8) | <u64>load<u8>(from)) ^ load<u64>(tables + <usize>((digest >> SHIFT) << 3));
  }
  return digest;
}

/** Length of the chunk that starts at `data`, of which `available` bytes are in reach. */
function cut(data: usize, available: usize, tables: usize, min: usize, mask: u64): usize {
  if (available <= min) return available;
  const end = data + available;
  let at = data + min;
  let digest = warm(at, tables);
  if ((digest & mask) == 0) return min;

  while (at + 2 * STRETCH <= end) {
    const middle = at + STRETCH;
    let second = warm(middle, tables);
    let found: usize = 0;
    for (; at < middle; at++) {
      digest = roll(digest, at, tables);
      if ((digest & mask) == 0) return at + 1 - data;
      second = roll(second, at + STRETCH, tables);
      if ((second & mask) == 0) { found = at + 1; break; }
    }
    if (found != 0) {
      // The second stretch has a cut; it counts unless the rest of the first has one.
      for (at = found; at < middle; at++) {
        digest = roll(digest, at, tables);
        if ((digest & mask) == 0) return at + 1 - data;
      }
      return found + STRETCH - data;
    }
    at += STRETCH;
    digest = second;
  }
  for (; at < end; at++) {
    digest = roll(digest, at, tables);
    if ((digest & mask) == 0) return at + 1 - data;
  }
  return available;
}

/**
 * Cuts the bytes `start` … `end` and writes the lengths (u32) to `out`, at most `capacity` of them. Unless `last`, it stops
 * before a chunk of which fewer than `max` bytes are in reach. Returns how many lengths it wrote.
 */
export function rabin(
  start: usize, end: usize, last: bool, out: usize, capacity: i32, tables: usize,
  min: usize, max: usize, mask: u64,
): i32 {
  let count = 0;
  while (count < capacity && start < end) {
    let available = end - start;
    if (available > max) available = max;
    else if (available < max && !last) break;
    const length = cut(start, available, tables, min, mask);
    store<u32>(out + (<usize>count << 2), <u32>length);
    start += length;
    count++;
  }
  return count;
}
