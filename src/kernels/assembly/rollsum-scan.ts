/**
 * Scan and selection of rollsum, which also ends chunks at runs of zeros: the list has the long runs as well. Only a window
 * with other bytes in it can be a candidate, so all candidates of a run lie in its first 63 bytes. A run that goes on beyond
 * the block and may yet become a hole for some set is held back, with all that lies in it, and scanned with the next block.
 */
import { word } from './layout';
import { CANDIDATE, data, end, note, passes, Selection, shift, total } from './selection';

const WINDOW: u32 = 64;
const OFFSET: u32 = 31;
/** As in rollsum.ts. */
const CONSTANT: u32 = 64 * 63 * 31 - 32 * 65 * 31;

/** [ position up to which all is known | address after the runs | runs: from, to | candidates ] */
const HEADER: usize = 16;
const RUN: usize = 16;

/**
 * Writes the runs and candidates of the block to `list` and returns the address after the last. At `state`: where the run
 * begins that the block before ended with. Numbers: zeros of a run that is listed, zeros from which a run is not held back.
 */
export function scanRollsum(mask: u64, list: usize, state: usize): usize {
  const least = word(0);
  const settled = word(1);
  let run = load<u64>(state);
  const first = <u64>data + shift;
  const from = first - run < settled ? <usize>(run - shift) : data;
  let runs = list + HEADER;
  const candidates = runs + RUN * ((end - from) / <usize>least + 2);
  let next = candidates;

  let sum: u32 = 0;
  let second: u32 = CONSTANT;
  for (let at = from - WINDOW; at < from; at++) {
    sum += <u32>load<u8>(at) + OFFSET;
    second += sum;
  }
  for (let at = from; at < end; at++) {
    const byte = <u32>load<u8>(at);
    const oldest = <u32>load<u8>(at - WINDOW);
    if (byte != 0) {
      const position = <u64>at + shift;
      if (position - run >= least) runs = noteRun(runs, run, position);
      run = position + 1;
    }
    sum += byte - oldest;
    second += sum - WINDOW * (oldest + OFFSET);
    if ((~second & <u32>mask) == 0) next = note(next, at, ~second);
  }
  store<u64>(state, run);

  let known = <u64>end + shift;
  if (known - run >= settled || known == total) {
    if (known - run >= least) runs = noteRun(runs, run, known);
  } else {
    known = run;
    while (next > candidates && load<u64>(next - CANDIDATE) >= run) next -= CANDIDATE;
  }
  store<u64>(list, known);
  store<u64>(list, runs, 8);
  memory.copy(runs, candidates, next - candidates);
  return runs + next - candidates;
}

function noteRun(runs: usize, from: u64, to: u64): usize {
  store<u64>(runs, from);
  store<u64>(runs, to, 8);
  return runs + RUN;
}

/** Numbers: zeros that make a hole. */
export function selectRollsum(
  set: Selection, fresh: bool, list: usize, listEnd: usize, out: usize, capacity: i32,
): i32 {
  const hole = set.number0;
  const known = load<u64>(list);
  const runsEnd = <usize>load<u64>(list, 8);
  if (fresh) {
    set.other = list + HEADER;
    set.cursor = runsEnd;
  }
  let count = 0;
  while (count < capacity && set.start < total) {
    const left = total - set.start;
    const last = set.start + (left < set.max ? left : set.max);
    let run = <usize>set.other;
    while (run < runsEnd && load<u64>(run, 8) <= set.start) run += RUN;
    set.other = run;
    // The first run that is a hole or may become one, as far as it lies in this chunk.
    let from = last;
    let to = last;
    for (; run < runsEnd && load<u64>(run) < last; run += RUN) {
      from = load<u64>(run) > set.start ? load<u64>(run) : set.start;
      to = load<u64>(run, 8) < last ? load<u64>(run, 8) : last;
      if (to - from >= hole || (to == known && to < last)) break;
      from = last;
    }
    let cut = candidateBefore(set, from, listEnd);
    if (cut == 0) {
      if (from == last) cut = last;
      else if (to - from < hole) break;
      else if (from > set.start) cut = from;
      else if (to == known && to < last) break;
      else cut = to;
    }
    if (cut > known) break;
    store<u32>(out + (<usize>count << 2), <u32>(cut - set.start));
    set.start = cut;
    count++;
  }
  return count;
}

/** Position after the chunk's first candidate before `limit`, or 0. */
function candidateBefore(set: Selection, limit: u64, listEnd: usize): u64 {
  let cursor = <usize>set.cursor;
  let found: u64 = 0;
  for (; cursor < listEnd; cursor += CANDIDATE) {
    const position = load<u64>(cursor);
    if (position >= limit) break;
    if (position >= set.start && passes(set, load<u64>(cursor, 8), position)) {
      found = position + 1;
      break;
    }
  }
  set.cursor = cursor;
  return found;
}
