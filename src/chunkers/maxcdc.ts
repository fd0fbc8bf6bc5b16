import { formatSize } from '../ids.ts';
import { limits } from '../limits.ts';
import { type ChunkerMember, wasmKernel } from './chunker.ts';
import { gear } from './gear.ts';
import { GEAR_WINDOW, greatestHash } from './greatest-hash.ts';

/**
 * MaxCDC: cuts where the gear hash is greatest between min and max, the first such place where it is so twice. At the end
 * of a stream it leaves at least min bytes for the last chunk; fewer than 2 · min bytes are one chunk. Lengths are spread
 * evenly: on random bytes the mean is some 5 % above (min + max) ÷ 2.
 *
 * `min` is 64 bytes to half of the longest chunk here, `max` 2 · min − 1 and more. Upstream takes a shorter max too, which
 * its last chunk then exceeds. No scan is shared: no threshold makes a place a candidate, since which hash is the greatest
 * depends on where the chunk begins.
 */
export const maxcdc: ChunkerMember = {
  name: 'maxcdc',
  title: 'MaxCDC: at the greatest gear hash between min and max',
  source: 'buildbarn/go-cdc, SimpleMaxContentDefinedChunker',
  heldAgainst: 'go-cdc 0.0.10: equal cuts of both its chunkers on 4 inputs by 4 sets',
  parameters: [
    {
      name: 'min',
      kind: 'bytes',
      description: 'shortest chunk',
      // With the default of max, a mean near the 64 KiB of the others.
      default: 24 << 10,
      minimum: GEAR_WINDOW,
      maximum: limits.chunkBytes / 2,
    },
    {
      name: 'max',
      kind: 'bytes',
      description: 'longest chunk',
      // The ratio that go-cdc recommends.
      default: (values) => Math.min(limits.chunkBytes, Number(values['min'] ?? 24 << 10) * 4),
      minimum: 2 * GEAR_WINDOW - 1,
      maximum: limits.chunkBytes,
    },
  ],
  check: ({ min, max }) => {
    const least = 2 * Number(min) - 1;
    if (Number(max) >= least) return undefined;
    return `max must be at least 2 · min − 1, ${formatSize(least)}: the last chunk can be that long`;
  },
  contentDefined: true,
  algorithm: (values) => {
    const [min, max] = [Number(values['min']), Number(values['max'])];
    const lookAhead = min + max;
    return {
      shortest: min,
      longest: max,
      reference: (bytes, start) => cut(bytes.subarray(start, start + lookAhead), min),
      kernel: wasmKernel('maxcdc', lookAhead, { numbers: [min, lookAhead], tables: gear }),
    };
  },
};

/** The definition: length of the chunk at the start of `bytes`, of which there are at most min + max. */
function cut(bytes: Uint8Array, min: number): number {
  return bytes.length < 2 * min ? bytes.length : greatestHash(bytes, min, bytes.length - min);
}
