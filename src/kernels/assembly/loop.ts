/**
 * Length of the chunk that starts at `data`, of which `available` bytes, at least one and at most the chunker's reach, are
 * there. A length below `available` must not depend on how many are there.
 */
export type Cut = (data: usize, available: usize) => usize;

/**
 * Cuts the bytes `start` … `end` and writes the lengths (u32) to `out`, at most `capacity` of them. Unless `last`, it stops
 * before a chunk whose end a later byte could still change. Returns how many lengths it wrote.
 */
export function cutAll(
  start: usize, end: usize, last: bool, out: usize, capacity: i32, reach: usize, cut: Cut,
): i32 {
  let count = 0;
  while (count < capacity && start < end) {
    let available = end - start;
    if (available > reach) available = reach;
    const length = cut(start, available);
    if (length == available && available < reach && !last) break;
    store<u32>(out + (<usize>count << 2), <u32>length);
    start += length;
    count++;
  }
  return count;
}
