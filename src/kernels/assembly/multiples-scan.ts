/**
 * Scan and selection of buzhash where a cut is a multiple of a divisor: cuts of `casync`. Divisors have no bits in common, so
 * the scan writes all hashes, four bytes each, and every set looks for its multiples among them, four at a time. Tables and
 * number as in buzhash-scan.ts.
 */
import { entering, hashBefore, leaving } from './buzhash-scan';
import { size } from './layout';
import { data, end, note, select, Selection, settleAtOnce } from './selection';

/** Writes the hashes of the block, each one more than it is, to `list` and returns the address after the last. */
export function scanMultiples(mask: u64, list: usize, state: usize): usize {
  const window = size(0);
  let hash = hashBefore(data, window);
  for (let at = data; at < end; at++) {
    hash = rotl<u32>(hash, 1) ^ leaving(at - window) ^ entering(at);
    store<u32>(list, hash + 1);
    list += 4;
  }
  return list;
}

/**
 * A multiple of an odd number times its inverse modulo 2³² is the quotient: Granlund, Montgomery, "Division by Invariant
 * Integers using Multiplication", 1994, §9. No other number comes out as small.
 */
// @ts-ignore: decorator
@inline
function multiples(four: v128, inverse: v128, most: v128): v128 {
  return i32x4.le_u(i32x4.mul(four, inverse), most);
}

/** Writes the candidates of one set behind the hashes and returns the address after the last. */
function candidates(set: Selection, hashes: usize, hashesEnd: usize): usize {
  const inverse = i32x4.splat(<i32>set.number0);
  const most = i32x4.splat(<i32>set.number1);
  const reciprocal = set.number2;
  let next = hashesEnd;
  for (let from = hashes; from < hashesEnd; from += 64) {
    const first = multiples(v128.load(from), inverse, most);
    const second = multiples(v128.load(from, 16), inverse, most);
    const third = multiples(v128.load(from, 32), inverse, most);
    const fourth = multiples(v128.load(from, 48), inverse, most);
    if (!v128.any_true(v128.or(v128.or(first, second), v128.or(third, fourth)))) continue;
    let lanes =
      i32x4.bitmask(first) | (i32x4.bitmask(second) << 4) | (i32x4.bitmask(third) << 8) |
      (i32x4.bitmask(fourth) << 12);
    for (; lanes != 0; lanes &= lanes - 1) {
      const at = from + (<usize>ctz(lanes) << 2);
      if (at >= hashesEnd) break;
      // The twos of the divisor are not tested yet, and the lanes have lost the carry of the greatest hash.
      if ((<u64>(load<u32>(at) - 1) + 1) * reciprocal < reciprocal) {
        next = note(next, data + ((at - hashes) >> 2), 0);
      }
    }
  }
  return next;
}

/** Numbers: inverse of the divisor's odd part modulo 2³², (2³² − 1) ÷ odd part, ⌈2⁶⁴ ÷ divisor⌉. */
export function selectMultiples(
  set: Selection, fresh: bool, list: usize, listEnd: usize, out: usize, capacity: i32,
): i32 {
  if (fresh) set.other = candidates(set, list, listEnd);
  return select(set, fresh, listEnd, <usize>set.other, out, capacity, settleAtOnce);
}
