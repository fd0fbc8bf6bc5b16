/** The gear hash over a stretch of bytes. The table at `TABLES` holds 256 u64. */
import { TABLES } from './layout';

/** Hash after the last byte that `stretch` looked at. */
export let carried: u64 = 0;

// @ts-ignore: decorator
@inline
function entry(index: u64): u64 {
  return load<u64>(<usize>index, TABLES);
}

/**
 * Address of the first byte in `at` … `end` whose hash has no bit of `mask`, or `end`; the hash there is left in `carried`.
 *
 * Eight bytes are loaded at once: it matters where the engine checks the bounds of every load (Deno). A byte times eight
 * is its index in the table, hence shifts by 8k − 3.
 */
// @ts-ignore: decorator
@inline
export function stretch(at: usize, end: usize, hash: u64, mask: u64): usize {
  while (at + 8 <= end) {
    const eight = load<u64>(at);
    hash = (hash << 1) + entry((eight << 3) & 0x7f8);
    if ((hash & mask) == 0) { carried = hash; return at; }
    hash = (hash << 1) + entry((eight >> 5) & 0x7f8);
    if ((hash & mask) == 0) { carried = hash; return at + 1; }
    hash = (hash << 1) + entry((eight >> 13) & 0x7f8);
    if ((hash & mask) == 0) { carried = hash; return at + 2; }
    hash = (hash << 1) + entry((eight >> 21) & 0x7f8);
    if ((hash & mask) == 0) { carried = hash; return at + 3; }
    hash = (hash << 1) + entry((eight >> 29) & 0x7f8);
    if ((hash & mask) == 0) { carried = hash; return at + 4; }
    hash = (hash << 1) + entry((eight >> 37) & 0x7f8);
    if ((hash & mask) == 0) { carried = hash; return at + 5; }
    hash = (hash << 1) + entry((eight >> 45) & 0x7f8);
    if ((hash & mask) == 0) { carried = hash; return at + 6; }
    hash = (hash << 1) + entry((eight >> 53) & 0x7f8);
    if ((hash & mask) == 0) { carried = hash; return at + 7; }
    at += 8;
  }
  for (; at < end; at++) {
    hash = (hash << 1) + entry(<u64>load<u8>(at) << 3);
    if ((hash & mask) == 0) break;
  }
  carried = hash;
  return at;
}
