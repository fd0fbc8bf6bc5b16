import type { Parameter } from '../ids.ts';
import { limits } from '../limits.ts';
import { type ChunkerMember, wasmKernel } from './chunker.ts';

/** What the chunkers that look for the greatest byte have in common. */

/** Mean distance to the next 0xff in random bytes, the greatest byte there is. */
const SEARCH = 256;

/** DedupBench's rule: the window takes what the search for the extreme byte leaves of the mean. Bytes, at least 1. */
function windowOf(avg: number): number {
  return avg - SEARCH;
}

/** The papers bound no chunk; without a bound, ascending bytes (AE) or one high byte (RAM) make a chunk of a whole stream. */
const parameters: readonly Parameter[] = [
  {
    name: 'avg',
    kind: 'bytes',
    description: `mean chunk of random bytes; the window is ${SEARCH} bytes shorter`,
    default: 65536,
    minimum: SEARCH + 1,
    maximum: limits.chunkBytes,
  },
  {
    name: 'max',
    kind: 'bytes',
    description: 'longest chunk',
    default: (values) => Math.min(limits.chunkBytes, Number(values['avg'] ?? 65536) * 4),
    minimum: SEARCH + 1,
    maximum: limits.chunkBytes,
  },
];

/** Says so where avg ≤ max does not hold. */
function disorder(values: Readonly<Record<string, unknown>>): string | undefined {
  return Number(values['avg']) > Number(values['max']) ? 'avg is above max' : undefined;
}

export interface Extremum {
  readonly name: 'ae' | 'ram';
  readonly title: string;
  readonly source: string;
  readonly heldAgainst: string;
  /** The definition: length of the chunk at the start of `bytes`, of which there are at most the longest chunk. */
  cut(bytes: Uint8Array, window: number): number;
}

/** A member from its definition; the kernel has its name. */
export function extremumMember({ name, cut, ...rest }: Extremum): ChunkerMember {
  return {
    name,
    ...rest,
    parameters,
    check: disorder,
    contentDefined: true,
    algorithm: (values) => {
      const [window, max] = [windowOf(Number(values['avg'])), Number(values['max'])];
      return {
        shortest: window,
        longest: max,
        reference: (bytes, start) => cut(bytes.subarray(start, start + max), window),
        kernel: wasmKernel(name, max, { numbers: [window, max], tables: new Uint8Array(0) }),
      };
    },
  };
}
