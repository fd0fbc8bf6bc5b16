import { createHash } from 'node:crypto';
import type { Parameter, Values } from '../ids.ts';
import { type Algorithm, type Selection, selectionOf, wasmKernel } from './chunker.ts';
import { sizeParameters } from './parameters.ts';

/** What the FastCDC variants with the 64-bit gear hash have in common. */

/**
 * The gear table that FastCDC implementations share, 256 u64: entry b is the first eight bytes, big endian, of the MD5 of
 * the byte b repeated 64 times. (The remote-apis specification says "of the byte"; its own vectors need the 64.)
 */
export const gear: BigUint64Array = BigUint64Array.from({ length: 256 }, (_, byte) =>
  createHash('md5').update(new Uint8Array(64).fill(byte)).digest().readBigUInt64BE(),
);

/** Ranges are those of fastcdc-rs; defaults of min and max those of casync, so that the two compare at equal parameters. */
export const gearParameters: readonly Parameter[] = [
  ...sizeParameters({
    min: { least: 64, most: 1 << 20, default: (avg) => avg / 4 },
    avg: {
      least: 256,
      most: 4 << 20,
      default: 65536,
      description: 'where the stricter mask gives way to the looser one',
    },
    max: { least: 1024, most: 16 << 20, default: (avg) => avg * 4 },
  }),
  {
    name: 'nc',
    kind: 'integer',
    description: 'normalisation: bits added to the mask before avg and taken away after it',
    // The level of the published vectors.
    default: 1,
    minimum: 0,
    maximum: 3,
  },
];

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

/**
 * FastCDC of these values (`min`, `avg`, `max`, `nc`, and `seed` where it has one).
 *
 * @param grain 2 where minimum, average and end are used in halves, because the loop takes two bytes a step; else 1
 */
export function gearAlgorithm(values: Values, grain: 1 | 2): Algorithm {
  const [min, avg, max] = [Number(values['min']), Number(values['avg']), Number(values['max'])];
  const table = seededGear(BigInt(values['seed'] ?? 0));
  const { small, large } = masks(avg, Number(values['nc']));
  return {
    shortest: min - (min % grain),
    longest: max,
    reference: (bytes, start) =>
      cut(bytes.subarray(start, start + max), min, avg, table, small, large, grain),
    kernel: wasmKernel('fastcdc', max, {
      numbers: [min, avg, max, small, large, grain],
      tables: table,
    }),
    selection: gearSelection({
      table,
      masks: { small, large },
      first: min - (min % grain),
      centre: avg - (avg % grain),
      max,
      lead: 0,
      grain,
    }),
  };
}

/** A gear hash that starts at `first`, by a table of 256 u64. */
export function gearSelection({
  table,
  masks,
  ...rest
}: Pick<Selection, 'masks' | 'first' | 'max'> &
  Partial<Selection> & { readonly table: BigUint64Array }): Selection {
  // A hash bit k depends on the last k + 1 bytes.
  const short = (masks.small | masks.large).toString(2).length - 1;
  return selectionOf({
    scan: 'scanGear',
    select: 'selectGear',
    setting: { numbers: [], tables: table },
    window: 0,
    masks,
    numbers: [short],
    ...rest,
  });
}

/** The mask before `avg` and the one after it. Rounded, not floored: averages between two powers of two depend on it. */
function masks(avg: number, nc: number): { readonly small: bigint; readonly large: bigint } {
  const level = Math.round(Math.log2(avg)) - FIRST_LEVEL;
  return { small: MASKS[level + nc]!, large: MASKS[level - nc]! };
}

/** The definition: length of the chunk at the start of `bytes`, of which there are at most `max`. */
function cut(
  bytes: Uint8Array,
  min: number,
  avg: number,
  table: BigUint64Array,
  small: bigint,
  large: bigint,
  grain: number,
): number {
  const whole = (value: number): number => value - (value % grain);
  if (bytes.length <= min) return bytes.length;
  const centre = whole(Math.min(avg, bytes.length));
  let hash = 0n;
  for (let at = whole(min); at < whole(bytes.length); at++) {
    hash = BigInt.asUintN(64, (hash << 1n) + table[bytes[at]!]!);
    // The cut is before the byte that triggers it.
    if ((hash & (at < centre ? small : large)) === 0n) return at;
  }
  return bytes.length;
}

function seededGear(seed: bigint): BigUint64Array {
  return gear.map((entry) => entry ^ seed);
}
