/**
 * Two thresholds, two divisors, over Rabin fingerprints: the hot loop. The readable definition, which this must equal cut
 * for cut, is in src/chunkers/tttd.ts. Tables as in rabin.ts.
 */
import { size, TABLES, word } from './layout';
import { cutAll } from './loop';

const WINDOW: usize = 64;
const SHIFT: u64 = 45;

// @ts-ignore: decorator
@inline
function append(digest: u64, at: usize): u64 {
  return ((digest << 8) | <u64>load<u8>(at)) ^ load<u64>(<usize>(digest >> SHIFT) << 3, TABLES);
}

function cut(data: usize, available: usize): usize {
  const min = size(0);
  const mask = word(2);
  const backupMask = word(3);
  if (available <= min) return available;
  const end = data + available;
  let at = data + min;
  let backup: usize = 0;
  let digest: u64 = 0;
  for (let warm = at - WINDOW; warm < at; warm++) digest = append(digest, warm);
  for (;;) {
    if ((digest & backupMask) == 0) {
      if ((digest & mask) == 0) return at - data;
      backup = at - data;
    }
    if (at == end) break;
    digest = append(digest, at) ^ load<u64>(<usize>load<u8>(at - WINDOW) << 3, TABLES + 2048);
    at++;
  }
  // Only a chunk that reached max, or the last one, ends here; before, more bytes are waited for.
  return backup != 0 && available == size(1) ? backup : available;
}

/** Numbers: min, max, mask of the bits that must be zero, mask of the backup. */
export function tttd(start: usize, end: usize, last: bool, out: usize, capacity: i32): i32 {
  return cutAll(start, end, last, out, capacity, size(1), cut);
}
