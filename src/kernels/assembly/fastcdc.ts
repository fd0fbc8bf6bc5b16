/**
 * FastCDC as of 2020 (Xia et al., TPDS 2020): the hot loop. The readable definition, which this must equal cut for cut, is
 * `reference` in src/chunkers/fastcdc.ts. The table at `TABLES` holds the gear, 256 u64.
 *
 * The paper rolls two bytes a step to save work between two tests. Eight bytes a load, rolled one by one, give the same
 * cuts, need no second table, and are 1.2 times as fast on Node 20.
 */
import { carried, stretch } from './gear';

/** Length of the chunk that starts at `data`, of which `available` bytes (1 … max) are in reach. */
function cut(
  data: usize, available: usize, min: usize, avg: usize, maskSmall: u64, maskLarge: u64,
): usize {
  if (available <= min) return available;
  // Minimum, average and end are used in halves: an odd last byte is never tested.
  const centre = data + ((avg < available ? avg : available) & ~1);
  const end = data + (available & ~1);
  let at = stretch(data + (min & ~1), centre, 0, maskSmall);
  if (at < centre) return at - data;
  at = stretch(centre, end, carried, maskLarge);
  return at < end ? at - data : available;
}

/**
 * Cuts the bytes `start` … `end` and writes the lengths (u32) to `out`, at most `capacity` of them. Unless `last`, it stops
 * before a chunk of which fewer than `max` bytes are in reach. Returns how many lengths it wrote.
 */
export function fastcdc(
  start: usize, end: usize, last: bool, out: usize, capacity: i32,
  min: usize, avg: usize, max: usize, maskSmall: u64, maskLarge: u64,
): i32 {
  let count = 0;
  while (count < capacity && start < end) {
    let available = end - start;
    if (available > max) available = max;
    else if (available < max && !last) break;
    const length = cut(start, available, min, avg, maskSmall, maskLarge);
    store<u32>(out + (<usize>count << 2), <u32>length);
    start += length;
    count++;
  }
  return count;
}
