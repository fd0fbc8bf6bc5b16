/**
 * Scan and selection of ronomon's gear hash of 31 bits, which shifts right. A chunk starts it at zero after its minimum. What
 * a hash was once is halved by every byte but may be carried on for ever, so there is no window after which chunk and stream
 * agree for certain: a chunk is settled once the least and the greatest hash that there could have been have become one.
 */
import { TABLES } from './layout';
import {
  data, end, knownBefore, NEW, note, OWN, passes, select, Selection, SETTLED, shift,
} from './selection';

// @ts-ignore: decorator
@inline
function append(hash: u32, at: usize): u32 {
  return (hash >> 1) + load<u32>(<usize>load<u8>(at) << 2, TABLES);
}

/** Writes the candidates of the block to `list` and returns the address after the last; goes on from the hash at `state`. */
export function scanRonomon(mask: u64, list: usize, state: usize): usize {
  const bits = <u32>mask;
  let hash = load<u32>(state);
  let at = data;
  for (; at + 4 <= end; at += 4) {
    hash = append(hash, at);
    if ((hash & bits) == 0) list = note(list, at, hash);
    hash = append(hash, at + 1);
    if ((hash & bits) == 0) list = note(list, at + 1, hash);
    hash = append(hash, at + 2);
    if ((hash & bits) == 0) list = note(list, at + 2, hash);
    hash = append(hash, at + 3);
    if ((hash & bits) == 0) list = note(list, at + 3, hash);
  }
  for (; at < end; at++) {
    hash = append(hash, at);
    if ((hash & bits) == 0) list = note(list, at, hash);
  }
  store<u64>(state, hash);
  return list;
}

/** The hash lies between `hash` and `other`, the first of which is the chunk's. */
function settle(set: Selection, end: u64): bool {
  if (set.stage == NEW) {
    set.at = set.start + set.first;
    set.hash = 0;
    set.other = u32.MAX_VALUE;
    set.stage = OWN;
  }
  const stop = knownBefore(end);
  for (; set.at < stop; set.at++) {
    if (set.hash == set.other) {
      set.settled = set.at;
      set.stage = SETTLED;
      return false;
    }
    const address = <usize>(set.at - shift);
    set.hash = append(<u32>set.hash, address);
    set.other = append(<u32>set.other, address);
    if (passes(set, set.hash, set.at)) return true;
  }
  if (stop == end) {
    set.settled = end;
    set.stage = SETTLED;
  }
  return false;
}

export function selectRonomon(
  set: Selection, fresh: bool, list: usize, listEnd: usize, out: usize, capacity: i32,
): i32 {
  return select(set, fresh, list, listEnd, out, capacity, settle);
}
