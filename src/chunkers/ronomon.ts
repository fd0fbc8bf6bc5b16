import { createCipheriv } from 'node:crypto';
import type { Values } from '../ids.ts';
import { limits } from '../limits.ts';
import { type Algorithm, type ChunkerMember, wasmKernel } from './chunker.ts';
import { disorder, sizeParameters } from './parameters.ts';

/**
 * FastCDC as ronomon/deduplication changed it, and fastcdc-wasm and the `ronomon` module of fastcdc-rs after it: a hash of
 * 31 bits that shifts right, masks of low bits, a pivot well before the average. A chunk ends *after* the byte that
 * triggers.
 */

const table: Uint32Array = keystreamTable();

/** AES-256-CTR keystream with zero key and counter, as big-endian u32 without the top bit. */
function keystreamTable(): Uint32Array {
  const cipher = createCipheriv('aes-256-ctr', new Uint8Array(32), new Uint8Array(16));
  const keystream = cipher.update(new Uint8Array(1024));
  return Uint32Array.from(
    { length: 256 },
    (_, index) => keystream.readUInt32BE(4 * index) & 0x7fffffff,
  );
}

export const ronomon: ChunkerMember = {
  name: 'ronomon',
  title: 'FastCDC as in ronomon: 31-bit gear hash, shifted right',
  source: 'ronomon/deduplication 2.0; fastcdc-wasm 0.1',
  // Ranges of ronomon, up to the longest chunk here; its documentation leaves the defaults to the user.
  parameters: sizeParameters({
    min: { least: 64, most: limits.chunkBytes, default: (avg) => avg / 4 },
    avg: {
      least: 256,
      most: 16 << 20,
      default: 65536,
      description: 'the stricter mask gives way to the looser one at avg − 1.5 min',
    },
    max: { least: 1024, most: limits.chunkBytes, default: (avg) => avg * 4 },
  }),
  check: (values) => {
    const [min, avg, max] = sizesOf(values);
    if (min >= avg) return 'min must be below avg';
    if (max - min < avg) return 'max − min must be at least avg';
    return disorder(values);
  },
  contentDefined: true,
  algorithm,
};

const sizesOf = (values: Values): readonly [min: number, avg: number, max: number] => [
  Number(values['min']),
  Number(values['avg']),
  Number(values['max']),
];

function algorithm(values: Values): Algorithm {
  const [min, avg, max] = sizesOf(values);
  const pivot = avg - Math.min(avg, min + Math.ceil(min / 2));
  const level = Math.round(Math.log2(avg));
  const strict = 2 ** (level + 1) - 1;
  const loose = 2 ** (level - 1) - 1;
  return {
    // The cut is after the byte, so the first candidate ends a chunk of min + 1.
    shortest: min,
    longest: max,
    reference: (bytes, start) => cut(bytes.subarray(start, start + max), min, pivot, strict, loose),
    kernel: wasmKernel('ronomon', max, {
      numbers: [min, pivot, max, strict, loose],
      tables: table,
    }),
  };
}

/** The definition: length of the chunk at the start of `bytes`, of which there are at most the longest chunk. */
function cut(bytes: Uint8Array, min: number, pivot: number, strict: number, loose: number): number {
  let hash = 0;
  for (let at = min; at < bytes.length; at++) {
    hash = (hash >>> 1) + table[bytes[at]!]!;
    if ((hash & (at < pivot ? strict : loose)) === 0) return at + 1;
  }
  return bytes.length;
}
