/**
 * Asymmetric Extremum over bytes: the hot loop. The readable definition, which this must equal cut for cut, is in
 * src/chunkers/ae.ts. After a byte 0xff no byte can be greater, so the rest of its window is not read.
 */
import { firstAtLeast } from './bytes';
import { size } from './layout';
import { cutAll } from './loop';

function cut(data: usize, available: usize): usize {
  const window = size(0);
  const end = data + available;
  let extreme = data;
  for (;;) {
    const cutAt = extreme + window;
    if (cutAt >= end) break;
    const value = load<u8>(extreme);
    if (value == 0xff) return cutAt - data;
    const next = firstAtLeast(extreme + 1, cutAt + 1, value + 1);
    if (next > cutAt) return cutAt - data;
    extreme = next;
  }
  return available;
}

/** Numbers: window, max. */
export function ae(start: usize, end: usize, last: bool, out: usize, capacity: i32): i32 {
  return cutAll(start, end, last, out, capacity, size(1), cut);
}
