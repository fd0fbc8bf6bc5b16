/** Length of the chunk that starts at `data`, of which `available` bytes, at least one, are in reach. */
export type Cut = (data: usize, available: usize) => usize;

/**
 * Cuts the bytes `start` … `end` and writes the lengths (u32) to `out`, at most `capacity` of them. Unless `last`, it stops
 * before a chunk of which fewer than `reach` bytes are there. Returns how many lengths it wrote.
 */
export function cutAll(
  start: usize, end: usize, last: bool, out: usize, capacity: i32, reach: usize, cut: Cut,
): i32 {
  let count = 0;
  while (count < capacity && start < end) {
    let available = end - start;
    if (available > reach) available = reach;
    else if (available < reach && !last) break;
    const length = cut(start, available);
    store<u32>(out + (<usize>count << 2), <u32>length);
    start += length;
    count++;
  }
  return count;
}
