/** The greatest gear hash of a stretch of bytes. The table at `TABLES` holds 256 u64. */
import { TABLES } from './layout';

const WINDOW: usize = 64;

/** The first address from `first` to `limit` (or `first`) whose 64 bytes before it have the greatest hash. */
export function greatestHash(first: usize, limit: usize): usize {
  let hash: u64 = 0;
  for (let at = first - WINDOW; at < first; at++) {
    hash = (hash << 1) + load<u64>(<usize>load<u8>(at) << 3, TABLES);
  }
  let greatest = hash;
  let best = first;
  let at = first;
  for (; at + 4 <= limit; at += 4) {
    const one = (hash << 1) + load<u64>(<usize>load<u8>(at) << 3, TABLES);
    const two = (one << 1) + load<u64>(<usize>load<u8>(at, 1) << 3, TABLES);
    const three = (two << 1) + load<u64>(<usize>load<u8>(at, 2) << 3, TABLES);
    hash = (three << 1) + load<u64>(<usize>load<u8>(at, 3) << 3, TABLES);
    if (one > greatest) { greatest = one; best = at + 1; }
    if (two > greatest) { greatest = two; best = at + 2; }
    if (three > greatest) { greatest = three; best = at + 3; }
    if (hash > greatest) { greatest = hash; best = at + 4; }
  }
  for (; at < limit; at++) {
    hash = (hash << 1) + load<u64>(<usize>load<u8>(at) << 3, TABLES);
    if (hash > greatest) { greatest = hash; best = at + 1; }
  }
  return best;
}
