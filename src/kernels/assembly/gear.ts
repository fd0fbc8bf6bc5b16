/** The gear hash over a stretch of bytes. The table at `TABLES` holds 256 u64. */
import { TABLES } from './layout';

/** Hash after the last byte that `stretch` looked at. */
export let carried: u64 = 0;

export let wide: bool = false;

/**
 * Whether to load eight bytes at once. Where the engine checks the bounds of every load in software, as Deno does, it is a
 * third faster; where the hardware does, as under Node, byte by byte is a seventh faster. The cuts are the same.
 */
export function loadWide(on: bool): void {
  wide = on;
}

/** Address of the first byte in `at` … `end` whose hash has no bit of `mask`, or `end`; `carried` is the hash there. */
// @ts-ignore: decorator
@inline
export function stretch(at: usize, end: usize, hash: u64, mask: u64): usize {
  return wide ? stretchByWords(at, end, hash, mask) : stretchByBytes(at, end, hash, mask);
}

/** Entry of the table at an index in bytes. */
// @ts-ignore: decorator
@inline
function entry(index: usize): u64 {
  return load<u64>(index, TABLES);
}

function stretchByBytes(at: usize, end: usize, hash: u64, mask: u64): usize {
  for (; at + 8 <= end; at += 8) {
    hash = (hash << 1) + entry(<usize>load<u8>(at) << 3);
    if ((hash & mask) == 0) { carried = hash; return at; }
    hash = (hash << 1) + entry(<usize>load<u8>(at, 1) << 3);
    if ((hash & mask) == 0) { carried = hash; return at + 1; }
    hash = (hash << 1) + entry(<usize>load<u8>(at, 2) << 3);
    if ((hash & mask) == 0) { carried = hash; return at + 2; }
    hash = (hash << 1) + entry(<usize>load<u8>(at, 3) << 3);
    if ((hash & mask) == 0) { carried = hash; return at + 3; }
    hash = (hash << 1) + entry(<usize>load<u8>(at, 4) << 3);
    if ((hash & mask) == 0) { carried = hash; return at + 4; }
    hash = (hash << 1) + entry(<usize>load<u8>(at, 5) << 3);
    if ((hash & mask) == 0) { carried = hash; return at + 5; }
    hash = (hash << 1) + entry(<usize>load<u8>(at, 6) << 3);
    if ((hash & mask) == 0) { carried = hash; return at + 6; }
    hash = (hash << 1) + entry(<usize>load<u8>(at, 7) << 3);
    if ((hash & mask) == 0) { carried = hash; return at + 7; }
  }
  return stretchRest(at, end, hash, mask);
}

/** A byte times eight is its index in bytes, hence shifts by 8k − 3. */
function stretchByWords(at: usize, end: usize, hash: u64, mask: u64): usize {
  for (; at + 8 <= end; at += 8) {
    const eight = load<u64>(at);
    hash = (hash << 1) + entry(<usize>((eight << 3) & 0x7f8));
    if ((hash & mask) == 0) { carried = hash; return at; }
    hash = (hash << 1) + entry(<usize>((eight >> 5) & 0x7f8));
    if ((hash & mask) == 0) { carried = hash; return at + 1; }
    hash = (hash << 1) + entry(<usize>((eight >> 13) & 0x7f8));
    if ((hash & mask) == 0) { carried = hash; return at + 2; }
    hash = (hash << 1) + entry(<usize>((eight >> 21) & 0x7f8));
    if ((hash & mask) == 0) { carried = hash; return at + 3; }
    hash = (hash << 1) + entry(<usize>((eight >> 29) & 0x7f8));
    if ((hash & mask) == 0) { carried = hash; return at + 4; }
    hash = (hash << 1) + entry(<usize>((eight >> 37) & 0x7f8));
    if ((hash & mask) == 0) { carried = hash; return at + 5; }
    hash = (hash << 1) + entry(<usize>((eight >> 45) & 0x7f8));
    if ((hash & mask) == 0) { carried = hash; return at + 6; }
    hash = (hash << 1) + entry(<usize>((eight >> 53) & 0x7f8));
    if ((hash & mask) == 0) { carried = hash; return at + 7; }
  }
  return stretchRest(at, end, hash, mask);
}

function stretchRest(at: usize, end: usize, hash: u64, mask: u64): usize {
  for (; at < end; at++) {
    hash = (hash << 1) + entry(<usize>load<u8>(at) << 3);
    if ((hash & mask) == 0) break;
  }
  carried = hash;
  return at;
}
