/**
 * FastCDC of 2016 and 2020 (Xia et al.): the hot loop. The readable definition, which this must equal cut for cut, is in
 * src/chunkers/gear.ts. The table at `TABLES` holds the gear, 256 u64.
 *
 * The paper of 2020 rolls two bytes a step to save work between two tests. One by one but eight bytes a turn of the loop,
 * the cuts are the same, no second table is needed, and it is faster (README of bench/speed).
 */
import { carried, stretch } from './gear';
import { size, word } from './layout';
import { cutAll } from './loop';

function cut(data: usize, available: usize): usize {
  const min = size(0);
  const avg = size(1);
  if (available <= min) return available;
  const grain = ~(size(5) - 1);
  const centre = data + ((avg < available ? avg : available) & grain);
  const end = data + (available & grain);
  let at = stretch(data + (min & grain), centre, 0, word(3));
  if (at < centre) return at - data;
  at = stretch(centre, end, carried, word(4));
  return at < end ? at - data : available;
}

/**
 * Numbers: min, avg, max, mask before avg, mask after it, grain. The grain is 2 where minimum, average and end are used in
 * halves, so that an odd last byte is never tested, else 1.
 */
export function fastcdc(start: usize, end: usize, last: bool, out: usize, capacity: i32): i32 {
  return cutAll(start, end, last, out, capacity, size(2), cut);
}
