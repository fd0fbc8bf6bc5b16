/**
 * deflate with the bytes of zlib 1.2.13 (deflate.c, deflate_fast and deflate_slow, window of 32 KiB, memLevel 8): the same matches
 * are looked for in the same order. Names are zlib's where it has them.
 */
import { beginBits, CHAIN, flushBytes, HEAD, WINDOW, written, writeTo } from './deflate-bits';
import { beginBlock, flushBlock, tallyLiteral, tallyMatch } from './deflate-blocks';

const SIZE: u32 = 1 << 15;
const MASK: u32 = SIZE - 1;
const MIN_MATCH: u32 = 3;
const MAX_MATCH: u32 = 258;
const MIN_LOOKAHEAD: u32 = MAX_MATCH + MIN_MATCH + 1;
const MAX_DIST: u32 = SIZE - MIN_LOOKAHEAD;
/** Matches of three bytes from further away take more bits than they save. */
const TOO_FAR: u32 = 4096;

/** By level: good, lazy, nice, chain. */
const CONFIG: usize = memory.data<u16>([
  0, 0, 0, 0, 4, 4, 8, 4, 4, 5, 16, 8, 4, 6, 32, 32, 4, 4, 16, 16, 8, 16, 32, 32, 8, 16, 128, 128, 8,
  32, 128, 256, 32, 128, 258, 1024, 32, 258, 258, 4096,
]);

let goodMatch: u32 = 0;
let maxLazy: u32 = 0;
let niceMatch: u32 = 0;
let maxChain: u32 = 0;
let isFast: bool = false;

let strstart: u32 = 0;
let lookahead: u32 = 0;
let blockStart: i32 = 0;
let matchStart: u32 = 0;
let matchLength: u32 = 0;
let matchAvailable: bool = false;

/** Input that was not read into the window. */
let input: usize = 0;
let available: u32 = 0;

/** Begins a stream. @param level 1 … 9 */
export function deflateBegin(level: u32): void {
  const config = CONFIG + (<usize>level << 3);
  goodMatch = load<u16>(config);
  maxLazy = load<u16>(config, 2);
  niceMatch = load<u16>(config, 4);
  maxChain = load<u16>(config, 6);
  isFast = level < 4;
  memory.fill(HEAD, 0, 1 << 16);
  strstart = lookahead = matchStart = 0;
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
      matchStart -= SIZE;
      strstart -= SIZE;
      blockStart -= <i32>SIZE;
      slide(HEAD);
      slide(CHAIN);
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

/** Positions as they are in the window that has moved on by its size; 0 for those that have left it. */
function slide(table: usize): void {
  const by = i16x8.splat(<i16>SIZE);
  for (let at = table; at < table + 2 * SIZE; at += 16) {
    v128.store(at, i16x8.sub_sat_u(v128.load(at), by));
  }
}

/** Enters the string at a position; returns the one of its hash before. */
// @ts-ignore: decorator
@inline
function insert(position: u32): u32 {
  const at = WINDOW + position;
  const hash =
    ((<u32>load<u8>(at) << 10) ^ (<u32>load<u8>(at, 1) << 5) ^ <u32>load<u8>(at, 2)) & MASK;
  const slot = HEAD + (<usize>hash << 1);
  const before = <u32>load<u16>(slot);
  store<u16>(CHAIN + (<usize>(position & MASK) << 1), <u16>before);
  store<u16>(slot, <u16>position);
  return before;
}

/** Length of the longest match for the string at `start`, where it is longer than `previous`; its place is `matchStart`. */
function longestMatch(first: u32, start: u32, ahead: u32, previous: u32): u32 {
  let current = first;
  let chain = maxChain;
  const scan = WINDOW + start;
  let best = previous;
  const limit: u32 = start > MAX_DIST ? start - MAX_DIST : 0;
  if (previous >= goodMatch) chain >>= 2;
  const nice = min(niceMatch, ahead);
  const begin = load<u16>(scan);
  let end = load<u16>(scan + best - 1);
  do {
    const match = WINDOW + current;
    if (load<u16>(match + best - 1) == end && load<u16>(match) == begin) {
      let length: u32 = 2;
      for (; length < MAX_MATCH; length += 8) {
        const differs = load<u64>(scan + length) ^ load<u64>(match + length);
        if (differs != 0) {
          length += <u32>(ctz(differs) >> 3);
          break;
        }
      }
      length = min(length, MAX_MATCH);
      if (length > best) {
        matchStart = current;
        best = length;
        if (length >= nice) break;
        end = load<u16>(scan + best - 1);
      }
    }
    current = load<u16>(CHAIN + (<usize>(current & MASK) << 1));
  } while (current > limit && --chain != 0);
  return min(best, ahead);
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
    const before = lookahead >= MIN_MATCH ? insert(strstart) : 0;
    let previous = matchLength;
    const previousStart = matchStart;
    matchLength = MIN_MATCH - 1;
    if (before != 0 && previous < maxLazy && strstart - before <= MAX_DIST) {
      matchLength = longestMatch(before, strstart, lookahead, previous);
      if (matchLength == MIN_MATCH && strstart - matchStart > TOO_FAR) matchLength = MIN_MATCH - 1;
    }
    if (previous >= MIN_MATCH && matchLength <= previous) {
      // Signed: at the end fewer bytes may be left than a string has.
      const most = <i32>(strstart + lookahead) - <i32>MIN_MATCH;
      const isFull = tallyMatch(strstart - 1 - previousStart, previous - MIN_MATCH);
      lookahead -= previous - 1;
      previous -= 2;
      do {
        if (<i32>++strstart <= most) insert(strstart);
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
