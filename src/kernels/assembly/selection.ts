/**
 * Scan once, select many: what every scan and every selection has in common. A scan finds the candidates of a block, the
 * positions whose hash has no bit of a mask that all parameter sets share; a selection walks them for one parameter set and
 * cuts exactly where its chunker's own kernel does. A position is that of the last byte hashed. The driver is
 * src/chunkers/sweep.ts.
 */

/** The block that is scanned. The bytes before `data` that a window reaches are there too, zeros before the stream. */
export let data: usize = 0;
export let end: usize = 0;
/** Position in the stream less address, for every byte of the block. */
export let shift: u64 = 0;
/** Position up to which all candidates are known. */
let known: u64 = 0;
/** Length of the stream. */
export let total: u64 = 0;

export function enterBlock(first: usize, last: usize, position: f64, length: f64): void {
  data = first;
  end = last;
  shift = <u64>position - <u64>first;
  known = <u64>last + shift;
  total = <u64>length;
}

/** A candidate in a list: position in the stream (u64), hash there (u64). */
export const CANDIDATE: usize = 16;

/** Writes the candidate at address `at` and returns where the next one goes. */
// @ts-ignore: decorator
@inline
export function note(next: usize, at: usize, hash: u64): usize {
  store<u64>(next, <u64>at + shift);
  store<u64>(next, hash, 8);
  return next + CANDIDATE;
}

/** The chunk has not been looked at. */
export const NEW: u32 = 0;
/** The chunk's own hash is not that of the stream yet: it began later, or was fed otherwise. */
export const OWN: u32 = 1;
/** From `settled` on it is. */
export const SETTLED: u32 = 2;
/** A candidate came too early, at `at`, and the chunker takes notice of it. */
export const REFUSED: u32 = 3;

/** One parameter set and how far it has come: the driver writes it, `select` moves it on. Offsets are from the chunk's start. */
@unmanaged
export class Selection {
  /** Bits that are zero at a cut: before `centre`, and from there on. */
  maskSmall: u64;
  maskLarge: u64;
  /** First position tested. */
  first: u64;
  /** First position that may end the chunk. */
  least: u64;
  centre: u64;
  max: u64;
  /** Length of a chunk less the offset of the position that ends it. */
  lead: i64;
  /** Bytes at the end of the longest chunk that are not tested. */
  untested: u64;
  /** A power of two: the tested bytes are a multiple of it. */
  grain: u64;
  /** As the member's kernel declares them. */
  number0: u64;
  number1: u64;
  number2: u64;
  number3: u64;
  /** Of the current chunk, in the stream. */
  start: u64;
  stage: u64;
  settled: u64;
  /** Next position of the chunk's own hash, and that hash; `other` is the member's. */
  at: u64;
  hash: u64;
  other: u64;
  /** Address of the next candidate to look at. */
  cursor: u64;
}

/** Whether the hash passes at that position. */
// @ts-ignore: decorator
@inline
export function passes(set: Selection, hash: u64, position: u64): bool {
  return (hash & (position - set.start < set.centre ? set.maskSmall : set.maskLarge)) == 0;
}

/**
 * Moves a chunk on whose stage is not SETTLED: tests the positions before `end` whose hash is the chunk's own, as far as the
 * stream is known. Returns whether one passed, which is then `at`; else the stage is SETTLED, or OWN where bytes lack.
 */
export type Settle = (set: Selection, end: u64) => bool;

/** For a hash of a window that no chunk tests before it is full. */
export function settleAtOnce(set: Selection, end: u64): bool {
  set.settled = set.start + set.first;
  set.stage = SETTLED;
  return false;
}

/** Position before which nothing more can be tested: the end of the known bytes, or `end`. */
// @ts-ignore: decorator
@inline
export function knownBefore(end: u64): u64 {
  return end < known ? end : known;
}

/** Position of the next candidate before `end` that passes, or `end`. */
function nextCandidate(set: Selection, end: u64, listEnd: usize): u64 {
  const settled = set.settled;
  const centre = set.start + set.centre;
  const small = set.maskSmall;
  const large = set.maskLarge;
  let cursor = <usize>set.cursor;
  let found = end;
  for (; cursor < listEnd; cursor += CANDIDATE) {
    const position = load<u64>(cursor);
    if (position >= end) break;
    if (position < settled) continue;
    if ((load<u64>(cursor, 8) & (position < centre ? small : large)) == 0) {
      found = position;
      break;
    }
  }
  set.cursor = cursor;
  return found;
}

/**
 * Cuts as far as the stream is scanned and writes the lengths (u32) to `out`, at most `capacity`. Returns how many.
 *
 * @param fresh the first call for this list of candidates, `list` … `listEnd`
 */
export function select(
  set: Selection, fresh: bool, list: usize, listEnd: usize, out: usize, capacity: i32, settle: Settle,
): i32 {
  if (fresh) set.cursor = list;
  let count = 0;
  while (count < capacity && set.start < total) {
    const left = total - set.start;
    const available = left < set.max ? left : set.max;
    const end = set.start + (available & (0 - set.grain)) - set.untested;
    let cut: u64 = 0;
    while (cut == 0) {
      let position: u64;
      if (set.stage != SETTLED && settle(set, end)) position = set.at;
      else if (set.stage != SETTLED) return count;
      else position = nextCandidate(set, end, listEnd);
      if (position == end) {
        if (end > known) return count;
        cut = available;
      } else if (position - set.start < set.least) {
        set.at = position;
        set.stage = REFUSED;
      } else cut = position - set.start + set.lead;
    }
    store<u32>(out + (<usize>count << 2), <u32>cut);
    set.start += cut;
    set.stage = NEW;
    count++;
  }
  return count;
}
