import { formatSize, type Values } from '../ids.ts';
import { limits } from '../limits.ts';
import { type Algorithm, type ChunkerMember, selectionOf, wasmKernel } from './chunker.ts';
import { degree, isIrreducibleOfPrimeDegree, remainder } from './gf2.ts';
import { rabinTables, remainders } from './rabin-tables.ts';

/**
 * Rabin fingerprints as restic/chunker cuts by them: the last 64 bytes as a polynomial over GF(2), modulo one of degree 53;
 * a chunk ends *after* the byte whose digest has its low bits all zero. On zeros it therefore cuts at min, where gear
 * chunkers cut at max.
 */

const WINDOW = 64;
/** Degree 53 and a digest shifted by a byte stay below 64 bits. */
const DEGREE = 53;
/** restic's own sizes; its min and max stand to avg as 1/2 and 8. */
const AVERAGE = 1 << 20;
const averageOf = (values: Values): number => Number(values['avg'] ?? AVERAGE);

export const rabin: ChunkerMember = {
  name: 'rabin',
  title: 'Rabin fingerprint, window 64, degree 53',
  source: 'M. O. Rabin, "Fingerprinting by Random Polynomials", 1981; cut points of restic/chunker',
  heldAgainst:
    'restic/chunker 0.4.0 and ac4c622 (2023-10): equal cuts on 4 inputs by 4 sets; restic 0.14 by test',
  parameters: [
    {
      name: 'poly',
      kind: 'hex',
      description: 'irreducible polynomial of degree 53',
      // restic draws one per repository (`restic cat config`); this is the one of the OCIv2 proof of concept.
      default: '0x2fcee57a92de81',
    },
    {
      name: 'min',
      kind: 'bytes',
      description: 'shortest chunk',
      default: (values) => Math.max(WINDOW, Math.floor(averageOf(values) / 2)),
      // The bytes before min − 64 are not looked at.
      minimum: WINDOW,
      maximum: limits.chunkBytes,
    },
    {
      name: 'avg',
      kind: 'bytes',
      description: 'mean distance of candidates; the digest has log2(avg) low bits zero',
      default: AVERAGE,
      minimum: 64,
      maximum: limits.chunkBytes,
    },
    {
      name: 'max',
      kind: 'bytes',
      description: 'longest chunk',
      default: (values) => Math.min(limits.chunkBytes, averageOf(values) * 8),
      minimum: WINDOW,
      maximum: limits.chunkBytes,
    },
  ],
  check: ({ poly, min, avg, max }) => {
    if (degree(BigInt(poly!)) !== DEGREE) return `poly has degree ${degree(BigInt(poly!))}, not 53`;
    if (!isIrreducibleOfPrimeDegree(BigInt(poly!))) return 'poly is not irreducible';
    const bits = Math.round(Math.log2(Number(avg)));
    if (2 ** bits !== Number(avg))
      return `avg must be a power of two, such as ${formatSize(2 ** bits)}`;
    if (Number(min) > Number(max)) return 'min is above max';
    return undefined;
  },
  contentDefined: true,
  algorithm,
};

function algorithm(values: Values): Algorithm {
  const [min, avg, max] = [Number(values['min']), Number(values['avg']), Number(values['max'])];
  const polynomial = BigInt(values['poly']!);
  const mask = BigInt(avg) - 1n;
  const tables = rabinTables(polynomial, DEGREE, WINDOW);
  const leaving = remainders(8 * (WINDOW - 1), polynomial);
  return {
    shortest: min,
    longest: max,
    reference: (bytes, start) =>
      cut(bytes.subarray(start, start + max), min, polynomial, leaving, mask),
    kernel: wasmKernel('rabin', max, { numbers: [min, max, mask], tables }),
    selection: selectionOf({
      scan: 'scanRabin',
      select: 'selectRabin',
      setting: { numbers: [], tables },
      window: WINDOW,
      masks: { small: mask, large: mask },
      first: min - 1,
      max,
    }),
  };
}

/** The definition: length of the chunk at the start of `bytes`, of which there are at most the longest chunk. */
function cut(
  bytes: Uint8Array,
  min: number,
  polynomial: bigint,
  leaving: BigUint64Array,
  mask: bigint,
): number {
  if (bytes.length <= min) return bytes.length;
  // restic primes the window with one byte 1, which has left it before the first test.
  const window = new Uint8Array(WINDOW);
  window[0] = 1;
  let oldest = 1;
  let digest = 1n;
  for (let at = min - WINDOW; at < bytes.length; at++) {
    digest ^= leaving[window[oldest]!]!;
    window[oldest] = bytes[at]!;
    oldest = (oldest + 1) % WINDOW;
    digest = remainder((digest << 8n) | BigInt(bytes[at]!), polynomial);
    if (at + 1 >= min && (digest & mask) === 0n) return at + 1;
  }
  return bytes.length;
}
