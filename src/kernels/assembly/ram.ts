/**
 * Rapid Asymmetric Maximum: the hot loop. The readable definition, which this must equal cut for cut, is in
 * src/chunkers/ram.ts.
 */
import { firstAtLeast, greatest } from './bytes';
import { size } from './layout';
import { cutAll } from './loop';

function cut(data: usize, available: usize): usize {
  const window = size(0);
  if (available <= window) return available;
  const from = data + window;
  return firstAtLeast(from, data + available, greatest(data, from)) - data;
}

/** Numbers: window, max. */
export function ram(start: usize, end: usize, last: bool, out: usize, capacity: i32): i32 {
  return cutAll(start, end, last, out, capacity, size(1), cut);
}
