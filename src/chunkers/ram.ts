import { type ChunkerMember, wasmKernel } from './chunker.ts';
import { extremumDisorder, extremumParameters, windowOf } from './extremum.ts';

/**
 * Rapid Asymmetric Maximum: a chunk begins with a window of fixed length and ends at the next byte that is not less than
 * the greatest in it. No hash. The cut is before that byte, as in DedupBench and VectorCDC (the paper's is after it).
 */
export const ram: ChunkerMember = {
  name: 'ram',
  title: 'Rapid Asymmetric Maximum: at a byte as great as the greatest of a window',
  source: 'Widodo et al., "RAM", FGCS 2017; cut points of UWASL/dedup-bench',
  parameters: extremumParameters,
  check: extremumDisorder,
  contentDefined: true,
  algorithm: (values) => {
    const [window, max] = [windowOf(Number(values['avg'])), Number(values['max'])];
    return {
      shortest: window,
      longest: max,
      reference: (bytes, start) => cut(bytes.subarray(start, start + max), window),
      kernel: wasmKernel('ram', max, { numbers: [window, max], tables: new Uint8Array(0) }),
    };
  },
};

/** The definition: length of the chunk at the start of `bytes`, of which there are at most the longest chunk. */
function cut(bytes: Uint8Array, window: number): number {
  let greatest = 0;
  for (const byte of bytes.subarray(0, window)) greatest = Math.max(greatest, byte);
  for (let at = window; at < bytes.length; at++) if (bytes[at]! >= greatest) return at;
  return bytes.length;
}
