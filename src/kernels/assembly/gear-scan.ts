/**
 * Scan once, select many: `scanGear` finds the candidates of a stream, the positions whose gear hash has no bit of a mask
 * that all parameter sets share; `selectGear` walks them for one parameter set and cuts exactly where `fastcdc` does.
 * The driver is src/chunkers/sweep.ts.
 */
import { carried, stretch } from './gear';
import { TABLES } from './layout';

/** A candidate in the list: position in the stream (u64), hash there (u64). */
const CANDIDATE: usize = 16;

let hash: u64 = 0;
let scanned: usize = 0;

/** Address up to which the last scan came. */
export function scannedTo(): usize {
  return scanned;
}

export function restartScan(): void {
  hash = 0;
}

/**
 * Scans the bytes `at` … `end`, the first of which lies at `position` in the stream, and writes the candidates to `list`;
 * stops early where its `capacity` is full. Returns how many it wrote.
 */
export function scanGear(
  at: usize, end: usize, position: f64, mask: u64, list: usize, capacity: i32,
): i32 {
  const shift = <u64>position - <u64>at;
  let count = 0;
  let next = list;
  while (at < end && count < capacity) {
    at = stretch(at, end, hash, mask);
    hash = carried;
    if (at == end) break;
    store<u64>(next, <u64>at + shift);
    store<u64>(next, hash, 8);
    next += CANDIDATE;
    count++;
    at++;
  }
  scanned = at;
  return count;
}

/** One parameter set and how far it has come, 64 bytes: the driver writes it, `selectGear` moves it on. */
@unmanaged
class Selection {
  maskSmall: u64;
  maskLarge: u64;
  /** Where its current chunk starts in the stream. */
  start: u64;
  min: u32;
  avg: u32;
  max: u32;
  /** Positions after min at which the hash still misses bytes that a mask can see. */
  short: u32;
  /** Next candidate to look at. */
  cursor: i32;
  /** Whether the short hashes of the current chunk have been tested. */
  shortDone: u32;
}

/**
 * FastCDC starts its hash at zero after the minimum, so the first positions see fewer bytes than a scan does. Offset from
 * `from` of the first cut among `length` short hashes, −1 without one; `centre` is where the masks change, likewise.
 */
function shortCut(from: usize, length: i64, centre: i64, small: u64, large: u64): i64 {
  let h: u64 = 0;
  for (let index: i64 = 0; index < length; index++) {
    h = (h << 1) + load<u64>(<usize>load<u8>(from + <usize>index) << 3, TABLES);
    if ((h & (index < centre ? small : large)) == 0) return index;
  }
  return -1;
}

/**
 * Cuts as far as the stream is scanned and writes the lengths (u32) to `out`, at most `capacity`. Returns how many.
 *
 * @param fresh the first call for this list of candidates
 * @param data address of the byte at `position` of the stream; the 64 bytes before it are there too
 * @param horizon position up to which `list` holds all candidates
 * @param total length of the stream
 */
export function selectGear(
  set: Selection, fresh: bool, data: usize, position: f64, horizon: f64, total: f64,
  list: usize, candidates: i32, out: usize, capacity: i32,
): i32 {
  const base = <u64>position;
  const known = <u64>horizon;
  const length = <u64>total;
  if (fresh) set.cursor = 0;
  let count = 0;
  while (count < capacity && set.start < length) {
    let available = length - set.start;
    if (available > set.max) available = set.max;
    let cut: u64 = 0;
    if (available <= set.min) cut = available;
    else {
      const from = set.start + (set.min & ~1);
      const centre = set.start + ((set.avg < available ? set.avg : available) & ~1);
      const end = set.start + (available & ~1);
      let settled = from + set.short;
      if (settled > end) settled = end;
      if (!set.shortDone) {
        if (settled > known) break;
        const offset = shortCut(
          data + <usize>(from - base), settled - from, centre - from, set.maskSmall, set.maskLarge,
        );
        if (offset >= 0) cut = from + offset - set.start;
        else set.shortDone = 1;
      }
      if (cut == 0) {
        let cursor = set.cursor;
        for (; cursor < candidates; cursor++) {
          const at = list + <usize>cursor * CANDIDATE;
          const where = load<u64>(at);
          if (where >= end) break;
          if (where < settled) continue;
          if ((load<u64>(at, 8) & (where < centre ? set.maskSmall : set.maskLarge)) == 0) {
            cut = where - set.start;
            break;
          }
        }
        set.cursor = cursor;
      }
      if (cut == 0) {
        if (end > known) break;
        cut = available;
      }
    }
    store<u32>(out + (<usize>count << 2), <u32>cut);
    set.start += cut;
    set.shortDone = 0;
    count++;
  }
  return count;
}
