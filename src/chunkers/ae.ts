import { type ChunkerMember, wasmKernel } from './chunker.ts';
import { extremumDisorder, extremumParameters, windowOf } from './extremum.ts';

/**
 * Asymmetric Extremum: a chunk ends a window after the first byte that is greater than all before it and not less than any
 * in the window. No hash. The paper leaves open how many bytes make a value; as in DedupBench and VectorCDC it is one, and
 * the cut is before the window's last byte (the paper's is after it).
 */
export const ae: ChunkerMember = {
  name: 'ae',
  title: 'Asymmetric Extremum: a window after the greatest byte',
  source: 'Zhang et al., "AE", INFOCOM 2015; cut points of UWASL/dedup-bench',
  parameters: extremumParameters,
  check: extremumDisorder,
  contentDefined: true,
  algorithm: (values) => {
    const [window, max] = [windowOf(Number(values['avg'])), Number(values['max'])];
    return {
      shortest: window,
      longest: max,
      reference: (bytes, start) => cut(bytes.subarray(start, start + max), window),
      kernel: wasmKernel('ae', max, { numbers: [window, max], tables: new Uint8Array(0) }),
    };
  },
};

/** The definition: length of the chunk at the start of `bytes`, of which there are at most the longest chunk. */
function cut(bytes: Uint8Array, window: number): number {
  let extreme = 0;
  for (let at = 1; at < bytes.length; at++) {
    if (bytes[at]! > bytes[extreme]!) extreme = at;
    else if (at === extreme + window) return at;
  }
  return bytes.length;
}
