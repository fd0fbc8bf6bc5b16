/**
 * deflate with the bytes of zlib 1.2.13 (deflate.c, deflate_fast and deflate_slow, window of 32 KiB, memLevel 8). Names are zlib's
 * where it has them.
 */
import { beginBits, flushBytes, WINDOW, written, writeTo } from './deflate-bits';
import { beginBlock, flushBlock, tallyLiteral, tallyMatch } from './deflate-blocks';
import {
  beginMatches,
  insert,
  insertDeep,
  longestMatch,
  longestMatchDeep,
  MAX_DIST,
  MIN_LOOKAHEAD,
  MIN_MATCH,
  matchStart,
  maxLazy,
  SIZE,
  slideMatches,
} from './deflate-matches';

/** Matches of three bytes from further away take more bits than they save. */
const TOO_FAR: u32 = 4096;

let isFast: bool = false;
/** As matches are looked for. */
let goesDeep: bool = false;

let strstart: u32 = 0;
let lookahead: u32 = 0;
let blockStart: i32 = 0;
let matchLength: u32 = 0;
let matchAvailable: bool = false;

/** Input that was not read into the window. */
let input: usize = 0;
let available: u32 = 0;

/** Begins a stream. @param level 1 … 9 */
export function deflateBegin(level: u32): void {
  isFast = level < 4;
  goesDeep = level >= 8;
  beginMatches(level, goesDeep);
  strstart = lookahead = 0;
  blockStart = 0;
  matchLength = MIN_MATCH - 1;
  matchAvailable = false;
  beginBits();
  beginBlock();
}

/**
 * Compresses the bytes at `from`; returns the address behind what was written at `into`. Unless they are the `last`, as many as
 * {@link deflateLeft} says are not read: they are to come first in the next call.
 */
export function deflateFeed(from: usize, bytes: u32, last: bool, into: usize): usize {
  input = from;
  available = bytes;
  writeTo(into);
  if (isFast) deflateFast(last);
  else if (goesDeep) deflateDeep(last);
  else deflateLazy(last);
  flushBytes();
  return written();
}

export function deflateLeft(): u32 {
  return available;
}

/** False where more input must come first: the window is filled as far as it goes, as by one call with all of it. */
function fillWindow(last: bool): bool {
  do {
    let more: u32 = 2 * SIZE - lookahead - strstart;
    if (strstart >= SIZE + MAX_DIST) {
      memory.copy(WINDOW, WINDOW + SIZE, SIZE);
      strstart -= SIZE;
      blockStart -= <i32>SIZE;
      slideMatches();
      more += SIZE;
    }
    if (!last && available < more) return false;
    if (available == 0) break;
    const count = min(available, more);
    memory.copy(WINDOW + strstart + lookahead, input, count);
    input += count;
    available -= count;
    lookahead += count;
  } while (lookahead < MIN_LOOKAHEAD && available != 0);
  return true;
}

function endBlock(start: u32, isLast: bool): void {
  const bytes: usize = blockStart >= 0 ? WINDOW + <usize>blockStart : 0;
  flushBlock(bytes, start - <u32>blockStart, isLast);
  blockStart = <i32>start;
}

/** Numbers of the loop are local: globals lie in memory. @param isDeep known when this is compiled, so that no string asks */
// @ts-ignore: decorator
@inline
function deflateSlow(last: bool, isDeep: bool): void {
  let start = strstart;
  let ahead = lookahead;
  let length = matchLength;
  let isWaiting = matchAvailable;
  for (;;) {
    if (ahead < MIN_LOOKAHEAD) {
      strstart = start;
      lookahead = ahead;
      const isFilled = fillWindow(last);
      start = strstart;
      ahead = lookahead;
      if (!isFilled) {
        matchLength = length;
        matchAvailable = isWaiting;
        return;
      }
      if (ahead == 0) break;
    }
    const before = ahead < MIN_MATCH ? 0 : isDeep ? insertDeep(start) : insert(start);
    const previous = length;
    const previousStart = matchStart;
    length = MIN_MATCH - 1;
    if (before != 0 && previous < maxLazy && start - before <= MAX_DIST) {
      length = isDeep
        ? longestMatchDeep(before, start, ahead, previous)
        : longestMatch(before, start, ahead, previous);
      if (length == MIN_MATCH && start - matchStart > TOO_FAR) length = MIN_MATCH - 1;
    }
    if (previous >= MIN_MATCH && length <= previous) {
      const isFull = tallyMatch(start - 1 - previousStart, previous - MIN_MATCH);
      const end = start + previous - 2;
      // Signed: at the end fewer bytes may be left than a string has.
      const most = min(<i32>end, <i32>(start + ahead) - <i32>MIN_MATCH);
      for (let at = <i32>start + 1; at <= most; at++) {
        if (isDeep) insertDeep(at);
        else insert(at);
      }
      ahead -= previous - 1;
      start = end + 1;
      isWaiting = false;
      length = MIN_MATCH - 1;
      if (isFull) endBlock(start, false);
    } else {
      if (isWaiting) {
        if (tallyLiteral(load<u8>(WINDOW + start - 1))) endBlock(start, false);
      }
      isWaiting = true;
      start++;
      ahead--;
    }
  }
  if (isWaiting) tallyLiteral(load<u8>(WINDOW + start - 1));
  strstart = start;
  lookahead = 0;
  matchAvailable = false;
  endBlock(start, true);
}

function deflateLazy(last: bool): void {
  deflateSlow(last, false);
}

function deflateDeep(last: bool): void {
  deflateSlow(last, true);
}

function deflateFast(last: bool): void {
  for (;;) {
    if (lookahead < MIN_LOOKAHEAD) {
      if (!fillWindow(last)) return;
      if (lookahead == 0) break;
    }
    const before = lookahead >= MIN_MATCH ? insert(strstart) : 0;
    if (before != 0 && strstart - before <= MAX_DIST) {
      matchLength = longestMatch(before, strstart, lookahead, MIN_MATCH - 1);
    }
    let isFull: bool;
    if (matchLength >= MIN_MATCH) {
      isFull = tallyMatch(strstart - matchStart, matchLength - MIN_MATCH);
      lookahead -= matchLength;
      if (matchLength <= maxLazy && lookahead >= MIN_MATCH) {
        matchLength--;
        do {
          insert(++strstart);
        } while (--matchLength != 0);
        strstart++;
      } else {
        strstart += matchLength;
        matchLength = 0;
      }
    } else {
      isFull = tallyLiteral(load<u8>(WINDOW + strstart));
      lookahead--;
      strstart++;
    }
    if (isFull) endBlock(strstart, false);
  }
  endBlock(strstart, true);
}
