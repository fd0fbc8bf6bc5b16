import { formatSize } from '../ids.ts';
import { type ChunkerMember, wasmKernel } from './chunker.ts';
import { rollingSums } from './rolling-sum.ts';

/**
 * Blobs of `bup split`: a cut after a byte that makes the log2(avg) low bits of the sum all one, or at 4 · avg. The sum is of
 * 32 bits, 16 of each of two sums over the last 64 bytes; the window is empty again after every cut. There is no min, and
 * runs of zeros are cut at 4 · avg.
 *
 * `avg` is a power of two, 64 bytes to 4 MiB. bup 0.33 has 8 KiB only, later ones 8 KiB and more. The candidates of a greater
 * avg are some of those of a smaller one, so one scan could serve all sets, but for the 63 places after each cut, where the
 * window is not full; none does yet.
 */
export const bup: ChunkerMember = {
  name: 'bup',
  title: 'rsync-like sum over 64 bytes, as bup splits files',
  source: 'bup/bup, lib/bup/bupsplit.h and _hashsplit.c',
  heldAgainst:
    'bup 89ddbc64 (2026-07, after 0.33.9): equal cuts on 4 inputs by 5 sets; bup 0.33.7 by test',
  parameters: [
    {
      name: 'avg',
      kind: 'bytes',
      description: 'mean distance of candidates; the longest chunk is four times as long',
      default: 8192,
      minimum: 64,
      maximum: 4 << 20,
    },
  ],
  check: (values) => {
    const power = 2 ** Math.round(Math.log2(Number(values['avg'])));
    if (power === values['avg']) return undefined;
    return `avg must be a power of two, such as ${formatSize(power)}`;
  },
  contentDefined: true,
  algorithm: (values) => {
    const avg = Number(values['avg']);
    const max = 4 * avg;
    return {
      shortest: 1,
      longest: max,
      reference: (bytes, start) => cut(bytes.subarray(start, start + max), avg - 1),
      kernel: wasmKernel('bup', max, { numbers: [max, avg - 1], tables: new Uint8Array(0) }),
    };
  },
};

/** The definition: length of the chunk at the start of `bytes`, of which there are at most the longest chunk. */
function cut(bytes: Uint8Array, mask: number): number {
  for (let at = 0; at < bytes.length; at++) {
    const [first, second] = rollingSums(bytes, at);
    const digest = (first << 16) | (second & 0xffff);
    if ((digest & mask) === mask) return at + 1;
  }
  return bytes.length;
}
