import { formatSize } from '../ids.ts';
import { limits } from '../limits.ts';
import { type ChunkerMember, wasmKernel } from './chunker.ts';
import { remainder } from './gf2.ts';
import { sizeParameters } from './parameters.ts';
import { rabinTables } from './rabin-tables.ts';

/**
 * Two Thresholds, Two Divisors: as `rabin`, but a chunk that reaches max ends at the last place where one bit less was zero,
 * if it had one. The paper leaves the fingerprint open: here it is Rabin's over 64 bytes, modulo restic's test polynomial.
 * DedupBench takes the same one, but its window is empty at min, it cuts before the window's last byte, and a chunk without a
 * backup ends where its buffer does: other cuts for every set of parameters.
 *
 * `min` is 64 bytes to 64 MiB, `avg` a power of two from 128 bytes to 64 MiB, `max` min to 64 MiB. The fingerprint depends on
 * 64 bytes only and the divisors nest, so one scan could serve all sets; none does yet.
 */
const WINDOW = 64;
const DEGREE = 53;
const POLYNOMIAL = 0x3da3358b4dc173n;

export const tttd: ChunkerMember = {
  name: 'tttd',
  title: 'Two Thresholds, Two Divisors, over a Rabin fingerprint',
  source:
    'Eshghi, Tang, "A Framework for Analyzing and Improving Content-Based Chunking", HPL-2005-30',
  heldAgainst: 'UWASL/dedup-bench f2c7a7b (2025-10), corrected: its lengths on 2 files by test',
  parameters: sizeParameters({
    // Defaults of DedupBench.
    min: { least: WINDOW, most: limits.chunkBytes, default: (avg) => avg / 4 },
    avg: {
      least: 128,
      most: limits.chunkBytes,
      default: 65536,
      description: 'main divisor; the backup divisor is half of it',
    },
    max: { least: WINDOW, most: limits.chunkBytes, default: (avg) => avg * 4 },
  }),
  check: (values) => {
    const avg = Number(values['avg']);
    const power = 2 ** Math.round(Math.log2(avg));
    if (power !== avg) return `avg must be a power of two, such as ${formatSize(power)}`;
    return Number(values['min']) > Number(values['max']) ? 'min is above max' : undefined;
  },
  contentDefined: true,
  algorithm: (values) => {
    const [min, avg, max] = [Number(values['min']), Number(values['avg']), Number(values['max'])];
    return {
      shortest: min,
      longest: max,
      reference: (bytes, start) => cut(bytes.subarray(start, start + max), min, avg, max),
      kernel: wasmKernel('tttd', max, {
        numbers: [min, max, avg - 1, avg / 2 - 1],
        tables: rabinTables(POLYNOMIAL, DEGREE, WINDOW),
      }),
    };
  },
};

/** The definition: length of the chunk at the start of `bytes`, of which there are at most `max`. */
function cut(bytes: Uint8Array, min: number, avg: number, max: number): number {
  if (bytes.length <= min) return bytes.length;
  let backup = 0;
  for (let at = min; at <= bytes.length; at++) {
    const digest = fingerprint(bytes.subarray(at - WINDOW, at));
    if (digest % BigInt(avg) === 0n) return at;
    if (digest % BigInt(avg / 2) === 0n) backup = at;
  }
  return bytes.length === max && backup > 0 ? backup : bytes.length;
}

function fingerprint(window: Uint8Array): bigint {
  let digest = 0n;
  for (const byte of window) digest = remainder((digest << 8n) | BigInt(byte), POLYNOMIAL);
  return digest;
}
