/**
 * Digests of the chunks of many divisions of the same bytes, each byte digested about once. The definition is in
 * src/accounting/chunk-digests.ts.
 */
import { xxh128 } from './xxh128';

const DIGEST: usize = 16;
/**
 * A position passes when its hash is below the bound, one random position in 1024: a linear form of the two words before
 * it, modulo 2¹⁶. The addend keeps runs of zeros from passing.
 */
const FIRST: i16 = 0x3c6f;
const SECOND: i16 = 0x79b1;
const ADDEND: i16 = 0x1ced;
const BOUND: u16 = 64;
const SEEN: usize = 4;

/** Digests of head, inner atoms and tail. */
const message: usize = memory.data(48, 16);

/** Hashes of the positions {@link SEEN} bytes behind `at`, `at` + 2, … `at` + 14. */
// @ts-ignore: decorator
@inline
function hashes(at: usize): v128 {
  const first = i16x8.mul(v128.load(at), i16x8.splat(FIRST));
  const second = i16x8.mul(v128.load(at, 2), i16x8.splat(SECOND));
  return i16x8.add(i16x8.add(first, second), i16x8.splat(ADDEND));
}

// @ts-ignore: decorator
@inline
function passes(at: usize): bool {
  return <u16>(load<i16>(at) * FIRST + load<i16>(at, 2) * SECOND + ADDEND) < BOUND;
}

/** No anchor lies before it. */
let next: usize = 0;

/** Number of the window whose heads and tails are remembered. */
let windows: u32 = 0;

/** Forgets what is known of the bytes of another window: the gap {@link findAnchors} keeps, heads and tails. */
export function restartAnchors(): void {
  next = 0;
  windows++;
}

/**
 * Writes the addresses (u32) of the anchors of the bytes `start` … `end` to `list`: places that pass and have none that
 * passes among the `gap` − 1 before. Returns their number; `list` must have room for one per `gap` bytes. To go on after a
 * stretch of bytes, start three bytes before its end.
 */
export function findAnchors(start: usize, end: usize, gap: usize, list: usize): i32 {
  const first = list;
  const bound = i16x8.splat(<i16>BOUND);
  for (let at = start; at + SEEN <= end; at += 32) {
    let stop = at + 32;
    // The last vector reads three bytes more.
    if (at + 35 <= end) {
      const least = i16x8.min_u(
        i16x8.min_u(hashes(at), hashes(at + 1)), i16x8.min_u(hashes(at + 16), hashes(at + 17)),
      );
      if (!v128.any_true(i16x8.lt_u(least, bound))) continue;
    } else {
      stop = end - SEEN + 1;
    }
    for (let byte = at; byte < stop; byte++) {
      if (!passes(byte)) continue;
      const place = byte + SEEN;
      if (place >= next) {
        store<u32>(list, <u32>place);
        list += 4;
      }
      next = place + gap;
    }
  }
  return <i32>((list - first) >> 2);
}

/** Writes the digests of the `count` − 1 atoms between consecutive anchors. */
export function digestAtoms(list: usize, count: i32, atoms: usize): void {
  for (const last = list + (<usize>count << 2) - 4; list < last; list += 4, atoms += DIGEST) {
    const start = <usize>load<u32>(list);
    xxh128(start, <usize>load<u32>(list, 4) - start, atoms);
  }
}

/**
 * Writes the digests of `chunks` consecutive chunks from address `start` on.
 *
 * @param list addresses of all `count` anchors, `atoms` the digests between them
 * @param context bytes from a chunk's start within which anchors may depend on bytes before it
 */
export function digestChunks(
  list: usize, count: i32, atoms: usize, context: usize,
  start: usize, lengths: usize, chunks: i32, out: usize,
): void {
  const listEnd = list + (<usize>count << 2);
  let first = firstFrom(list, listEnd, start + context);
  for (const lengthsEnd = lengths + (<usize>chunks << 2); lengths < lengthsEnd; lengths += 4, out += DIGEST) {
    const end = start + <usize>load<u32>(lengths);
    while (first < listEnd && <usize>load<u32>(first) < start + context) first += 4;
    let behind = first;
    while (behind < listEnd && <usize>load<u32>(behind) <= end) behind += 4;
    if (behind <= first + 4) {
      xxh128(start, end - start, out);
    } else {
      const head = <usize>load<u32>(first);
      const tail = <usize>load<u32>(behind - 4);
      const inner = atoms + ((first - list) << 2);
      known(HEADS, start, start, head - start, message);
      xxh128(inner, (behind - 4 - first) << 2, message + DIGEST);
      known(TAILS, end, tail, end - tail, message + 2 * DIGEST);
      xxh128(message, 3 * DIGEST, out);
    }
    start = end;
    if (behind > first) first = behind - 4;
  }
}

/** Slots of 32 bytes: place (u32), window (u32), 8 bytes unused, digest. */
const SLOTS: usize = 512;
const SLOT: usize = 32;
const HEADS: usize = memory.data(<i32>(SLOTS * SLOT), 16);
const TAILS: usize = memory.data(<i32>(SLOTS * SLOT), 16);

/** Digest of the head that starts or the tail that ends at `place`: divisions that cut there share it. */
function known(table: usize, place: usize, at: usize, bytes: usize, out: usize): void {
  const slot = table + <usize>(((<u32>place * 0x9e3779b1) >> 23) << 5);
  if (<usize>load<u32>(slot) != place || load<u32>(slot, 4) != windows) {
    xxh128(at, bytes, slot + DIGEST);
    store<u32>(slot, <u32>place);
    store<u32>(slot, windows, 4);
  }
  v128.store(out, v128.load(slot, DIGEST));
}

/** Address of the first entry that is at least `least`, by halving. */
function firstFrom(list: usize, listEnd: usize, least: usize): usize {
  let low: usize = 0;
  let high = (listEnd - list) >> 2;
  while (low < high) {
    const half = (low + high) >> 1;
    if (<usize>load<u32>(list + (half << 2)) < least) low = half + 1;
    else high = half;
  }
  return list + (low << 2);
}
