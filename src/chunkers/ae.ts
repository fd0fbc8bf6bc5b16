import type { ChunkerMember } from './chunker.ts';
import { extremumMember } from './extremum.ts';

/**
 * Asymmetric Extremum: a chunk ends a window after the first byte that is greater than all before it and not less than any
 * in the window. No hash. The paper leaves open how many bytes make a value; as in DedupBench and VectorCDC it is one, and
 * the cut is before the window's last byte (the paper's is after it). DedupBench has no max; the cuts are the same where no
 * chunk reaches it.
 *
 * `avg` is 257 bytes to 64 MiB, `max` avg to 64 MiB. No scan is shared: which byte is the greatest so far
 * depends on where the chunk begins.
 */
export const ae: ChunkerMember = extremumMember({
  name: 'ae',
  title: 'Asymmetric Extremum: a window after the greatest byte',
  source: 'Zhang et al., "AE", INFOCOM 2015; cut points of UWASL/dedup-bench',
  heldAgainst: 'UWASL/dedup-bench f2c7a7b (2025-10): its lengths on 2 files by test',
  cut(bytes, window) {
    let extreme = 0;
    for (let at = 1; at < bytes.length; at++) {
      if (bytes[at]! > bytes[extreme]!) extreme = at;
      else if (at === extreme + window) return at;
    }
    return bytes.length;
  },
});
