import type { ChunkerMember } from './chunker.ts';
import { extremumMember } from './extremum.ts';

/**
 * Rapid Asymmetric Maximum: a chunk begins with a window of fixed length and ends at the next byte that is not less than
 * the greatest in it. No hash. The cut is before that byte, as in DedupBench and VectorCDC (the paper's is after it).
 *
 * `avg` is 257 bytes to 64 MiB, `max` avg to 64 MiB. No scan is shared: what ends a chunk follows from the
 * greatest byte of its window, which depends on where the chunk begins.
 */
export const ram: ChunkerMember = extremumMember({
  name: 'ram',
  title: 'Rapid Asymmetric Maximum: at a byte as great as the greatest of a window',
  source: 'Widodo et al., "RAM", FGCS 2017; cut points of UWASL/dedup-bench',
  heldAgainst: 'UWASL/dedup-bench f2c7a7b (2025-10): its lengths on 2 files by test',
  cut(bytes, window) {
    let greatest = 0;
    for (const byte of bytes.subarray(0, window)) greatest = Math.max(greatest, byte);
    for (let at = window; at < bytes.length; at++) if (bytes[at]! >= greatest) return at;
    return bytes.length;
  },
});
