import type { Values } from '../ids.ts';
import { type Algorithm, type ChunkerMember, wasmKernel } from './chunker.ts';
import { gear } from './gear.ts';

/**
 * FastCDC of 2020: W. Xia et al., "The Design of Fast Content-Defined Chunking for Data Deduplication Based Storage
 * Systems", IEEE TPDS 31(9), 2020. The paper leaves the masks open; cut points are those of fastcdc-rs 4.0.1 (`v2020`),
 * which others follow. With seed 0 and even sizes the cuts equal the 2016 paper's with the same masks: rolling two bytes a
 * step changes the speed only.
 */

/**
 * Masks with spread bits by level: level b cuts once in 2^b bytes on average. fastcdc-rs `MASKS`, a table of facts.
 * Levels 5 and 25 are for normalisation at the ends of the range.
 */
const FIRST_LEVEL = 5;
const MASKS: readonly bigint[] = [
  0x0000000001804110n,
  0x0000000001803110n,
  0x0000000018035100n,
  0x0000001800035300n,
  0x0000019000353000n,
  0x0000590003530000n,
  0x0000d90003530000n,
  0x0000d90103530000n,
  0x0000d90303530000n,
  0x0000d90313530000n,
  0x0000d90f03530000n,
  0x0000d90303537000n,
  0x0000d90703537000n,
  0x0000d90707537000n,
  0x0000d91707537000n,
  0x0000d91747537000n,
  0x0000d91767537000n,
  0x0000d93767537000n,
  0x0000d93777537000n,
  0x0000d93777577000n,
  0x0000db3777577000n,
];

const AVERAGE = 65536;
const averageOf = (values: Values): number => Number(values['avg'] ?? AVERAGE);

export const fastcdc: ChunkerMember = {
  name: 'fastcdc',
  title: 'FastCDC 2020: gear hash, normalised, two bytes a step',
  source: 'Xia et al., IEEE TPDS 31(9) 2020; cut points of fastcdc-rs 4.0.1, v2020',
  parameters: [
    // Ranges are those of fastcdc-rs. Defaults of min and max: avg ÷ 4 and avg × 4, as its documentation proposes and as
    // casync has them for its own chunker.
    {
      name: 'min',
      kind: 'bytes',
      description: 'shortest chunk',
      default: (values) => Math.max(64, Math.floor(averageOf(values) / 4)),
      minimum: 64,
      maximum: 1 << 20,
    },
    {
      name: 'avg',
      kind: 'bytes',
      description: 'where the stricter mask gives way to the looser one',
      // The average of casync, so that the two chunkers compare at equal parameters.
      default: AVERAGE,
      minimum: 256,
      maximum: 4 << 20,
    },
    {
      name: 'max',
      kind: 'bytes',
      description: 'longest chunk',
      default: (values) => averageOf(values) * 4,
      minimum: 1024,
      maximum: 16 << 20,
    },
    {
      name: 'nc',
      kind: 'integer',
      description: 'normalisation: bits added to the mask before avg and taken away after it',
      // The level of the published vectors.
      default: 1,
      minimum: 0,
      maximum: 3,
    },
    {
      name: 'seed',
      kind: 'hex',
      description: 'XORed into the gear table, so that chunk lengths tell a reader nothing',
      default: '0x0',
    },
  ],
  check: ({ min, avg, max }) => {
    if (Number(min) > Number(avg)) return 'min is above avg';
    if (Number(avg) > Number(max)) return 'avg is above max';
    return undefined;
  },
  contentDefined: true,
  algorithm,
};

function algorithm(values: Values): Algorithm {
  const [min, avg, max] = [Number(values['min']), Number(values['avg']), Number(values['max'])];
  const table = seededGear(BigInt(values['seed']!));
  const { small, large } = masks(avg, Number(values['nc']));
  return {
    shortest: even(min),
    longest: max,
    reference: (bytes, start) =>
      cut(bytes.subarray(start, start + max), min, avg, table, small, large),
    kernel: wasmKernel('fastcdc', max, { numbers: [min, avg, max, small, large], tables: table }),
    selection: { table, min, avg, max, maskSmall: small, maskLarge: large },
  };
}

/** The mask before `avg` and the one after it. Rounded, not floored: averages between two powers of two depend on it. */
function masks(avg: number, nc: number): { readonly small: bigint; readonly large: bigint } {
  const level = Math.round(Math.log2(avg)) - FIRST_LEVEL;
  return { small: MASKS[level + nc]!, large: MASKS[level - nc]! };
}

/** Minimum, average and end are used in halves (two bytes a step), hence rounded down to even. */
const even = (value: number): number => value - (value % 2);

/** The definition: length of the chunk at the start of `bytes`, of which there are at most `max`. */
function cut(
  bytes: Uint8Array,
  min: number,
  avg: number,
  table: BigUint64Array,
  small: bigint,
  large: bigint,
): number {
  if (bytes.length <= min) return bytes.length;
  const centre = even(Math.min(avg, bytes.length));
  let hash = 0n;
  for (let at = even(min); at < even(bytes.length); at++) {
    hash = BigInt.asUintN(64, (hash << 1n) + table[bytes[at]!]!);
    // The cut is before the byte that triggers it.
    if ((hash & (at < centre ? small : large)) === 0n) return at;
  }
  return bytes.length;
}

function seededGear(seed: bigint): BigUint64Array {
  return gear.map((entry) => entry ^ seed);
}
