/**
 * Scan and selection of buzhash where a cut is a mask of zero bits: cuts of `borg` and, its hash disturbed by refused cuts,
 * of `zchunk`. Tables as in buzhash.ts. Number: bytes of the window.
 */
import { size, TABLES } from './layout';
import { data, end, note, select, Selection, settleAtOnce } from './selection';

// @ts-ignore: decorator
@inline
export function entering(at: usize): u32 {
  return load<u32>(<usize>load<u8>(at) << 2, TABLES);
}

// @ts-ignore: decorator
@inline
export function leaving(at: usize): u32 {
  return load<u32>(<usize>load<u8>(at) << 2, TABLES + 1024);
}

/** The hash of the window before `at`. */
export function hashBefore(at: usize, window: usize): u32 {
  let hash: u32 = 0;
  for (let warm = at - window; warm < at; warm++) hash = rotl<u32>(hash, 1) ^ entering(warm);
  return hash;
}

/** Writes the candidates of the block to `list` and returns the address after the last. */
export function scanBuzhash(mask: u64, list: usize, state: usize): usize {
  const window = size(0);
  const bits = <u32>mask;
  let hash = hashBefore(data, window);
  for (let at = data; at < end; at++) {
    hash = rotl<u32>(hash, 1) ^ leaving(at - window) ^ entering(at);
    if ((hash & bits) == 0) list = note(list, at, hash);
  }
  return list;
}

export function selectBuzhash(
  set: Selection, fresh: bool, list: usize, listEnd: usize, out: usize, capacity: i32,
): i32 {
  return select(set, fresh, list, listEnd, out, capacity, settleAtOnce);
}
