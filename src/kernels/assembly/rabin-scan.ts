/**
 * Scan and selection of Rabin fingerprints over a window of 64 bytes, tables as in rabin.ts. As there, four stretches are
 * digested at once; each has its own part of the list, and the parts are joined in the end.
 */
import { append, roll, WINDOW } from './rabin';
import { CANDIDATE, data, end, note, select, Selection, settleAtOnce } from './selection';

/** Bytes of each stretch: long against the window that warms up. A constant, which becomes part of the loads. */
const STRETCH: usize = 4096;
/** Where the next candidate of each stretch goes, u32. */
const NEXT: usize = memory.data(16);

/** The digest of the window before `at`. */
function digestBefore(at: usize): u64 {
  let digest: u64 = 0;
  for (let warm = at - WINDOW; warm < at; warm++) digest = append(digest, warm);
  return digest;
}

/** Writes the candidates of the block to `list` and returns the address after the last. */
export function scanRabin(mask: u64, list: usize, state: usize): usize {
  let at = data;
  for (; at + 4 * STRETCH <= end; at += 4 * STRETCH) list = scanStretches(at, mask, list);
  let digest = digestBefore(at);
  for (; at < end; at++) {
    digest = roll(digest, at);
    if ((digest & mask) == 0) list = note(list, at, digest);
  }
  return list;
}

function scanStretches(at: usize, mask: u64, list: usize): usize {
  let first = digestBefore(at);
  let second = digestBefore(at + STRETCH);
  let third = digestBefore(at + 2 * STRETCH);
  let fourth = digestBefore(at + 3 * STRETCH);
  for (let number: usize = 0; number < 4; number++) {
    store<u32>(NEXT + 4 * number, <u32>(list + number * STRETCH * CANDIDATE));
  }
  for (const stop = at + STRETCH; at < stop; at++) {
    first = roll(first, at);
    if ((first & mask) == 0) noteIn(0, at, first);
    second = roll(second, at + STRETCH);
    if ((second & mask) == 0) noteIn(1, at, second);
    third = roll(third, at + 2 * STRETCH);
    if ((third & mask) == 0) noteIn(2, at, third);
    fourth = roll(fourth, at + 3 * STRETCH);
    if ((fourth & mask) == 0) noteIn(3, at, fourth);
  }
  let next = <usize>load<u32>(NEXT);
  for (let number: usize = 1; number < 4; number++) {
    const part = list + number * STRETCH * CANDIDATE;
    const bytes = <usize>load<u32>(NEXT + 4 * number) - part;
    memory.copy(next, part, bytes);
    next += bytes;
  }
  return next;
}

/** A candidate of a stretch. Not inlined: what it needs would take registers from the loop. */
function noteIn(number: usize, at: usize, digest: u64): void {
  const next = NEXT + 4 * number;
  store<u32>(next, <u32>note(<usize>load<u32>(next), at + number * STRETCH, digest));
}

export function selectRabin(
  set: Selection, fresh: bool, list: usize, listEnd: usize, out: usize, capacity: i32,
): i32 {
  return select(set, fresh, list, listEnd, out, capacity, settleAtOnce);
}
