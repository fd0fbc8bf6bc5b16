/**
 * FastCDC as of 2020 (Xia et al., TPDS 2020, §3.5 "rolling two bytes each time"): the hot loop. The readable definition,
 * which this must equal cut for cut, is `reference` in src/chunkers/fastcdc.ts.
 *
 * `gear` holds 256 u64; twice that table follows it directly, so that one step serves two bytes.
 */

/** Length of the chunk that starts at `data`, of which `available` bytes (1 … max) are in reach. */
// @ts-ignore: decorator
@inline
function cut(
  data: usize, available: usize, gear: usize,
  min: usize, avg: usize, maskSmall: u64, maskLarge: u64,
): usize {
  if (available <= min) return available;
  const doubled = gear + 2048;
  let hash: u64 = 0;
  let at = data + (min & ~1);
  // Minimum, average and end are used in halves: an odd last byte is never tested.
  const end = data + (available & ~1);
  const centre = data + ((avg < available ? avg : available) & ~1);

  let doubledMask = maskSmall << 1;
  for (; at < centre; at += 2) {
    const pair = <usize>load<u16>(at);
    hash = (hash << 2) + load<u64>(doubled + ((pair & 255) << 3));
    if ((hash & doubledMask) == 0) return at - data;
    hash += load<u64>(gear + ((pair >> 8) << 3));
    if ((hash & maskSmall) == 0) return at + 1 - data;
  }
  doubledMask = maskLarge << 1;
  for (; at < end; at += 2) {
    const pair = <usize>load<u16>(at);
    hash = (hash << 2) + load<u64>(doubled + ((pair & 255) << 3));
    if ((hash & doubledMask) == 0) return at - data;
    hash += load<u64>(gear + ((pair >> 8) << 3));
    if ((hash & maskLarge) == 0) return at + 1 - data;
  }
  return available;
}

/**
 * Cuts the bytes `start` … `end` and writes the lengths (u32) to `out`, at most `capacity` of them. Unless `last`, it stops
 * before a chunk of which fewer than `max` bytes are in reach. Returns how many lengths it wrote.
 */
export function fastcdc(
  start: usize, end: usize, last: bool, out: usize, capacity: i32, gear: usize,
  min: usize, avg: usize, max: usize, maskSmall: u64, maskLarge: u64,
): i32 {
  let count = 0;
  while (count < capacity && start < end) {
    let available = end - start;
    if (available > max) available = max;
    else if (available < max && !last) break;
    const length = cut(start, available, gear, min, avg, maskSmall, maskLarge);
    store<u32>(out + (<usize>count << 2), <u32>length);
    start += length;
    count++;
  }
  return count;
}
