/**
 * The matches that zlib 1.2.13 finds (deflate.c, longest_match, window of 32 KiB). Names are zlib's where it has them. zlib goes
 * through all strings that begin with the same three bytes; once longer matches alone count, {@link longestMatchDeep} goes through
 * those that begin with the same four or six, in the same order. It stops where zlib does: the ordinals say how many strings
 * zlib would have seen by then.
 */
import {
  CHAIN,
  CHAIN_4,
  CHAIN_6,
  HEAD,
  HEAD_4,
  HEAD_6,
  ORDINALS,
  WINDOW,
} from './deflate-bits';

export const SIZE: u32 = 1 << 15;
const MASK: u32 = SIZE - 1;
export const MIN_MATCH: u32 = 3;
const MAX_MATCH: u32 = 258;
export const MIN_LOOKAHEAD: u32 = MAX_MATCH + MIN_MATCH + 1;
export const MAX_DIST: u32 = SIZE - MIN_LOOKAHEAD;
/** By level: good, lazy, nice, chain. */
const CONFIG: usize = memory.data<u16>([
  0, 0, 0, 0, 4, 4, 8, 4, 4, 5, 16, 8, 4, 6, 32, 32, 4, 4, 16, 16, 8, 16, 32, 32, 8, 16, 128, 128, 8,
  32, 128, 256, 32, 128, 258, 1024, 32, 258, 258, 4096,
]);

let goodMatch: u32 = 0;
let niceMatch: u32 = 0;
let maxChain: u32 = 0;
let isDeep: bool = false;
export let maxLazy: u32 = 0;
/** Where the last match that was found begins. */
export let matchStart: u32 = 0;

/** Begins a stream: no string is entered. @param level 1 … 9 @param deep {@link longestMatchDeep} goes through the chains */
export function beginMatches(level: u32, deep: bool): void {
  const config = CONFIG + (<usize>level << 3);
  goodMatch = load<u16>(config);
  maxLazy = load<u16>(config, 2);
  niceMatch = load<u16>(config, 4);
  maxChain = load<u16>(config, 6);
  isDeep = deep;
  matchStart = 0;
  memory.fill(HEAD, 0, 1 << 16);
  if (!isDeep) return;
  memory.fill(HEAD_4, 0, 1 << 16);
  memory.fill(HEAD_6, 0, 1 << 16);
}

/** The window has moved on by its size. */
export function slideMatches(): void {
  matchStart -= SIZE;
  slide(HEAD);
  slide(CHAIN);
  if (!isDeep) return;
  slide(HEAD_4);
  slide(CHAIN_4);
  slide(HEAD_6);
  slide(CHAIN_6);
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
export function insert(position: u32): u32 {
  // One byte more than the hash needs: the window has room behind it.
  const bytes = load<u32>(WINDOW + position);
  const hash = ((bytes << 10) ^ ((bytes >> 3) & 0x1fe0) ^ ((bytes >> 16) & 0xff)) & MASK;
  const slot = HEAD + (<usize>hash << 1);
  const before = <u32>load<u16>(slot);
  store<u16>(CHAIN + (<usize>(position & MASK) << 1), <u16>before);
  store<u16>(slot, <u16>position);
  return before;
}

// @ts-ignore: decorator
@inline
function chained(table: usize, position: u32): u32 {
  return <u32>load<u16>(table + (<usize>(position & MASK) << 1));
}

// @ts-ignore: decorator
@inline
function link(head: usize, chain: usize, hash: u32, position: u32): void {
  const slot = head + (<usize>hash << 1);
  store<u16>(chain + (<usize>(position & MASK) << 1), load<u16>(slot));
  store<u16>(slot, <u16>position);
}

// @ts-ignore: decorator
@inline
function hashOf6(at: usize): u32 {
  return <u32>(((load<u64>(at) << 16) * 0x9e3779b185ebca87) >> 49);
}

/** As {@link insert}, into all chains. What six bytes need is there: no string is entered beyond 256 bytes ahead of `strstart`. */
// @ts-ignore: decorator
@inline
export function insertDeep(position: u32): u32 {
  const before = insert(position);
  const ordinal = before != 0 ? chained(ORDINALS, before) + 1 : 0;
  store<u16>(ORDINALS + (<usize>(position & MASK) << 1), <u16>ordinal);
  const at = WINDOW + position;
  link(HEAD_4, CHAIN_4, (load<u32>(at) * 0x9e3779b1) >> 17, position);
  link(HEAD_6, CHAIN_6, hashOf6(at), position);
  return before;
}

/** The string that a longer match is looked for, and the best so far. */
let scan: usize = 0;
let begin: u32 = 0;
let end: u32 = 0;
let best: u32 = 0;
let nice: u32 = 0;
let chain: u32 = 0;
let ordinal: u32 = 0;

const WORSE: u32 = 0;
const BETTER: u32 = 1;
/** As long as any needs to be, or zlib would not have come so far. */
const ENOUGH: u32 = 2;

/** Holds a string that may begin with the same four bytes against the best so far. */
// @ts-ignore: decorator
@inline
function tryMatch(current: u32): u32 {
  const match = WINDOW + current;
  if (load<u32>(match) != begin) return WORSE;
  if (((ordinal - chained(ORDINALS, current)) & 0xffff) >= chain) return ENOUGH;
  if (load<u32>(match + best - 3) != end) return WORSE;
  const length = matchOf(scan, match, 4);
  if (length <= best) return WORSE;
  matchStart = current;
  best = length;
  if (length >= nice) return ENOUGH;
  end = load<u32>(scan + best - 3);
  return BETTER;
}

// @ts-ignore: decorator
@inline
function matchOf(one: usize, other: usize, known: u32): u32 {
  for (let length = known; length < MAX_MATCH; length += 8) {
    const differs = load<u64>(one + length) ^ load<u64>(other + length);
    if (differs != 0) return min(length + <u32>(ctz(differs) >> 3), MAX_MATCH);
  }
  return MAX_MATCH;
}

/** As {@link longestMatch}, by the chains of longer strings as soon as nothing else can be longer. */
export function longestMatchDeep(first: u32, start: u32, ahead: u32, previous: u32): u32 {
  chain = previous >= goodMatch ? maxChain >> 2 : maxChain;
  scan = WINDOW + start;
  best = previous;
  nice = min(niceMatch, ahead);
  begin = load<u32>(scan);
  findMatch(first, start, start > MAX_DIST ? start - MAX_DIST : 0);
  return min(best, ahead);
}

function findMatch(first: u32, start: u32, limit: u32): void {
  ordinal = chained(ORDINALS, first);
  if (best < MIN_MATCH) {
    if (!findShortMatch(first, limit)) return;
    end = load<u32>(scan + best - 3);
  } else {
    // The first alone may lie at the limit itself.
    end = load<u32>(scan + best - 3);
    if (tryMatch(first) == ENOUGH || chained(CHAIN, first) <= limit) return;
  }
  let current = chained(CHAIN_4, start);
  for (; best < 5; current = chained(CHAIN_4, current)) {
    if (current <= limit || tryMatch(current) == ENOUGH) return;
  }
  findLongMatch(start, limit);
}

/** Holds strings of the hash against the first three bytes, until these are met. False where nothing farther away counts. */
function findShortMatch(first: u32, limit: u32): bool {
  let current = first;
  let left = chain;
  while (!beginsAlike(load<u32>(WINDOW + current), begin)) {
    current = chained(CHAIN, current);
    if (current <= limit || --left == 0) return false;
  }
  matchStart = current;
  best = matchOf(scan, WINDOW + current, MIN_MATCH);
  return best < nice && chained(CHAIN, current) > limit;
}

/** True where the first three of four bytes are the same. */
// @ts-ignore: decorator
@inline
function beginsAlike(one: u32, other: u32): bool {
  return (one ^ other) << 8 == 0;
}

/**
 * A match longer than the best ends, up to its next byte, in six bytes that are known: these are looked for where they were
 * entered, which is far enough back. What begins nearer is found by its first six.
 */
function findLongMatch(start: u32, limit: u32): void {
  let current = chained(CHAIN_6, start);
  for (;;) {
    for (; current > limit && current + best - 5 > start; current = chained(CHAIN_6, current)) {
      if (tryMatch(current) == ENOUGH) return;
    }
    if (current <= limit) return;
    const offset = best - 5;
    let tail = <u32>load<u16>(HEAD_6 + (<usize>hashOf6(scan + offset) << 1));
    let found = WORSE;
    for (; tail > limit + offset; tail = chained(CHAIN_6, tail)) {
      if (tail - offset > current) continue;
      found = tryMatch(tail - offset);
      if (found != WORSE) break;
    }
    if (found != BETTER) return;
    current = chained(CHAIN_6, tail - offset);
  }
}

/**
 * Length of the longest match for the string at `start`, where it is longer than `previous`; its place is `matchStart`. What is
 * longer than the best has the same four bytes up to the next one: few strings need a second look.
 */
export function longestMatch(first: u32, start: u32, ahead: u32, previous: u32): u32 {
  let current = first;
  let chain = maxChain;
  const scan = WINDOW + start;
  let best = previous;
  const limit: u32 = start > MAX_DIST ? start - MAX_DIST : 0;
  if (previous >= goodMatch) chain >>= 2;
  const nice = min(niceMatch, ahead);
  const begin = load<u32>(scan);
  if (best < MIN_MATCH) {
    while (!beginsAlike(load<u32>(WINDOW + current), begin)) {
      current = chained(CHAIN, current);
      if (current <= limit || --chain == 0) return min(best, ahead);
    }
    matchStart = current;
    best = matchOf(scan, WINDOW + current, MIN_MATCH);
    if (best >= nice) return min(best, ahead);
    current = chained(CHAIN, current);
    if (current <= limit || --chain == 0) return min(best, ahead);
  }
  let end = load<u32>(scan + best - 3);
  do {
    const match = WINDOW + current;
    if (load<u32>(match + best - 3) == end && load<u32>(match) == begin) {
      const length = matchOf(scan, match, 4);
      if (length > best) {
        matchStart = current;
        best = length;
        if (length >= nice) break;
        end = load<u32>(scan + best - 3);
      }
    }
    current = chained(CHAIN, current);
  } while (current > limit && --chain != 0);
  return min(best, ahead);
}
