/**
 * Selection of `zchunk` from the candidates of buzhash-scan.ts. A candidate before the minimum is refused and its byte fed
 * twice: until the window is past it, the chunk's hash is not that of the stream and is fed here, from a ring as in zchunk.ts.
 */
import { TABLES } from './layout';
import {
  knownBefore, NEW, OWN, passes, REFUSED, select, Selection, SETTLED, settleAtOnce, shift,
} from './selection';

const WINDOW: usize = 48;

@unmanaged
class ZchunkSelection extends Selection {
  /** Where the next byte goes. */
  oldest: u64;
  ring: u64;
}

const RING: usize = offsetof<ZchunkSelection>('ring');

// @ts-ignore: decorator
@inline
function rotated(byte: u8, table: usize): u32 {
  return load<u32>(table + (<usize>byte << 2));
}

/** Feeds the byte at the position `at` once more. */
function feed(set: ZchunkSelection): void {
  const ring = changetype<usize>(set) + RING + <usize>set.oldest;
  const byte = load<u8>(<usize>(set.at - shift));
  set.hash =
    rotl<u32>(<u32>set.hash, 1) ^ rotated(load<u8>(ring), TABLES + 1024) ^ rotated(byte, TABLES);
  store<u8>(ring, byte);
  set.oldest = set.oldest + 1 == WINDOW ? 0 : set.oldest + 1;
}

/** The window before the byte at `at`, which has been refused: its hash passes, so that the byte is fed again. */
function disturb(set: ZchunkSelection): void {
  const from = <usize>(set.at - shift) + 1 - WINDOW;
  memory.copy(changetype<usize>(set) + RING, from, WINDOW);
  set.oldest = 0;
  set.hash = 0;
  for (let at = from; at < from + WINDOW; at++) {
    set.hash = rotl<u32>(<u32>set.hash, 1) ^ rotated(load<u8>(at), TABLES);
  }
  set.stage = OWN;
}

/** `other` is the byte that was fed twice last. */
function settle(base: Selection, end: u64): bool {
  if (base.stage == NEW) return settleAtOnce(base, end);
  const set = changetype<ZchunkSelection>(base);
  if (set.stage == REFUSED) disturb(set);
  const stop = knownBefore(end);
  while (!passes(set, set.hash, set.at) || set.at - set.start < set.least) {
    if (passes(set, set.hash, set.at)) set.other = set.at;
    else {
      const next = set.at + 1;
      // The bytes from the second copy on fill the window.
      if (next == set.other + WINDOW - 1 || next == end) {
        set.settled = next;
        set.stage = SETTLED;
        return false;
      }
      if (next == stop) return false;
      set.at = next;
    }
    feed(set);
  }
  return true;
}

export function selectZchunk(
  set: Selection, fresh: bool, list: usize, listEnd: usize, out: usize, capacity: i32,
): i32 {
  return select(set, fresh, list, listEnd, out, capacity, settle);
}
