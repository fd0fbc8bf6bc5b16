import { type ChunkerMember, wasmKernel } from './chunker.ts';
import { gear } from './gear.ts';
import { GEAR_WINDOW, greatestHash } from './greatest-hash.ts';

/**
 * RepMaxCDC: cuts where the gear hash is greatest between min and the end of a look-ahead of 2 · min + horizon bytes; where
 * that would leave 2 · min bytes or more, it searches again up to min bytes before that place, so that a later chunk can
 * still end there. Chunks are min … 2 · min − 1 bytes.
 *
 * `min` is 64 bytes to 4 MiB, `horizon` 0 bytes (chunks of min) to 32 MiB. No scan is shared: no threshold makes a place a
 * candidate, since which hash is the greatest depends on where the chunk begins.
 */
export const repmax: ChunkerMember = {
  name: 'repmax',
  title: 'RepMaxCDC: at the greatest gear hash of a look-ahead',
  source: 'buildbarn/go-cdc; bazelbuild/bazel, SimpleRepMaxCdcChunker',
  heldAgainst: 'go-cdc 0.0.10: equal cuts on 4 inputs by 4 sets; vectors of bazel by test',
  parameters: [
    {
      name: 'min',
      kind: 'bytes',
      description: 'shortest chunk; the longest is twice as long, less a byte',
      default: 32768,
      minimum: GEAR_WINDOW,
      maximum: 4 << 20,
    },
    {
      name: 'horizon',
      kind: 'bytes',
      description: 'look-ahead beyond 2 · min',
      default: (values) => Math.min(32 << 20, Number(values['min'] ?? 32768) * 8),
      minimum: 0,
      maximum: 32 << 20,
    },
  ],
  contentDefined: true,
  algorithm: (values) => {
    const [min, horizon] = [Number(values['min']), Number(values['horizon'])];
    const lookAhead = 2 * min + horizon;
    return {
      shortest: min,
      longest: 2 * min - 1,
      reference: (bytes, start) => cut(bytes.subarray(start, start + lookAhead), min),
      kernel: wasmKernel('repmax', lookAhead, { numbers: [min, lookAhead], tables: gear }),
    };
  },
};

/** The definition: length of the chunk at the start of `bytes`, of which there are at most the look-ahead. */
function cut(bytes: Uint8Array, min: number): number {
  if (bytes.length < 2 * min) return bytes.length;
  let limit = bytes.length - min;
  for (;;) {
    const best = greatestHash(bytes, min, limit);
    if (best < 2 * min) return best;
    limit = best - min;
  }
}
