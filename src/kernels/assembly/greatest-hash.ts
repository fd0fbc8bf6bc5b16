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
  for (let at = first; at < limit; at++) {
    hash = (hash << 1) + load<u64>(<usize>load<u8>(at) << 3, TABLES);
    if (hash > greatest) {
      greatest = hash;
      best = at + 1;
    }
  }
  return best;
}
