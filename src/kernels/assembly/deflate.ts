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
  beginMatches(level);
  isFast = level < 4;
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
  else deflateSlow(last);
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

function deflateSlow(last: bool): void {
  for (;;) {
    if (lookahead < MIN_LOOKAHEAD) {
      if (!fillWindow(last)) return;
      if (lookahead == 0) break;
    }
    const before = lookahead >= MIN_MATCH ? insertDeep(strstart) : 0;
    let previous = matchLength;
    const previousStart = matchStart;
    matchLength = MIN_MATCH - 1;
    if (before != 0 && previous < maxLazy && strstart - before <= MAX_DIST) {
      matchLength = longestMatchDeep(before, strstart, lookahead, previous);
      if (matchLength == MIN_MATCH && strstart - matchStart > TOO_FAR) matchLength = MIN_MATCH - 1;
    }
    if (previous >= MIN_MATCH && matchLength <= previous) {
      // Signed: at the end fewer bytes may be left than a string has.
      const most = <i32>(strstart + lookahead) - <i32>MIN_MATCH;
      const isFull = tallyMatch(strstart - 1 - previousStart, previous - MIN_MATCH);
      lookahead -= previous - 1;
      previous -= 2;
      do {
        if (<i32>++strstart <= most) insertDeep(strstart);
      } while (--previous != 0);
      matchAvailable = false;
      matchLength = MIN_MATCH - 1;
      strstart++;
      if (isFull) endBlock(strstart, false);
    } else {
      if (matchAvailable) {
        if (tallyLiteral(load<u8>(WINDOW + strstart - 1))) endBlock(strstart, false);
      }
      matchAvailable = true;
      strstart++;
      lookahead--;
    }
  }
  if (matchAvailable) {
    tallyLiteral(load<u8>(WINDOW + strstart - 1));
    matchAvailable = false;
  }
  endBlock(strstart, true);
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
