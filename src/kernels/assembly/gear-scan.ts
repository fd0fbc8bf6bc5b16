/**
 * Scan and selection of the 64-bit gear hash, whose bit k depends on the last k + 1 bytes: cuts of `fastcdc` and `xet`.
 * Chunks start their hash at zero after the bytes they skip, so that their first positions see fewer bytes than a scan does.
 */
import { carried, stretch } from './gear';
import { TABLES } from './layout';
import {
  data, end, knownBefore, NEW, note, OWN, passes, select, Selection, SETTLED, shift,
} from './selection';

/** Writes the candidates of the block to `list` and returns the address after the last; goes on from the hash at `state`. */
export function scanGear(mask: u64, list: usize, state: usize): usize {
  let hash = load<u64>(state);
  for (let at = data; ; at++) {
    at = stretch(at, end, hash, mask);
    hash = carried;
    if (at == end) break;
    list = note(list, at, hash);
  }
  store<u64>(state, hash);
  return list;
}

// @ts-ignore: decorator
@inline
function append(hash: u64, at: usize): u64 {
  return (hash << 1) + load<u64>(<usize>load<u8>(at) << 3, TABLES);
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
