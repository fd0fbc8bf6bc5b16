/**
 * Scan and selection of the 64-bit gear hash, whose bit k depends on the last k + 1 bytes: cuts of `fastcdc` and `xet`.
 * Chunks start their hash at zero after the bytes they skip, so that their first positions see fewer bytes than a scan does.
 */
import { carried, stretch, wide } from './gear';
import { TABLES } from './layout';
import {
  CANDIDATE, data, end, knownBefore, NEW, note, OWN, passes, select, Selection, SETTLED, shift,
} from './selection';

// @ts-ignore: decorator
@inline
function append(hash: u64, at: usize): u64 {
  return (hash << 1) + load<u64>(<usize>load<u8>(at) << 3, TABLES);
}

/** A hash is that of the last 64 bytes, whatever is before. */
const SEEN: usize = 64;

/**
 * Writes the candidates of the block to `list` and returns the address after the last; goes on from the hash at `state`.
 * Each hash waits for the one before it, so the block is scanned in two halves side by side, but where loads are the bottleneck.
 */
export function scanGear(mask: u64, list: usize, state: usize): usize {
  const half = (end - data) >> 1;
  let hash = load<u64>(state);
  let at = data;
  if (!wide && half >= SEEN) {
    const middle = data + half;
    let ahead: u64 = 0;
    for (let before = middle - SEEN; before < middle; before++) ahead = append(ahead, before);
    // Behind all that the first half may write.
    const apart = list + half * CANDIDATE;
    let next = apart;
    for (; at + 2 <= middle; at += 2) {
      hash = append(hash, at);
      if ((hash & mask) == 0) list = note(list, at, hash);
      ahead = append(ahead, at + half);
      if ((ahead & mask) == 0) next = note(next, at + half, ahead);
      hash = append(hash, at + 1);
      if ((hash & mask) == 0) list = note(list, at + 1, hash);
      ahead = append(ahead, at + half + 1);
      if ((ahead & mask) == 0) next = note(next, at + half + 1, ahead);
    }
    for (; at < middle; at++) {
      hash = append(hash, at);
      if ((hash & mask) == 0) list = note(list, at, hash);
      ahead = append(ahead, at + half);
      if ((ahead & mask) == 0) next = note(next, at + half, ahead);
    }
    memory.copy(list, apart, next - apart);
    list += next - apart;
    at += half;
    hash = ahead;
  }
  for (; ; at++) {
    at = stretch(at, end, hash, mask);
    hash = carried;
    if (at == end) break;
    list = note(list, at, hash);
  }
  store<u64>(state, hash);
  return list;
}

function settle(set: Selection, end: u64): bool {
  if (set.stage == NEW) {
    set.at = set.start + set.first;
    set.settled = set.at + set.number0;
    set.hash = 0;
    set.stage = OWN;
  }
  const last = set.settled < end ? set.settled : end;
  const stop = knownBefore(last);
  let at = set.at;
  let hash = set.hash;
  for (; at < stop; at++) {
    hash = append(hash, <usize>(at - shift));
    if (passes(set, hash, at)) {
      set.at = at;
      return true;
    }
  }
  set.at = at;
  set.hash = hash;
  if (at >= last) set.stage = SETTLED;
  return false;
}

/** Numbers: positions tested before the chunk's hash is that of the stream in all bits of the masks. */
export function selectGear(
  set: Selection, fresh: bool, list: usize, listEnd: usize, out: usize, capacity: i32,
): i32 {
  return select(set, fresh, list, listEnd, out, capacity, settle);
}
