import { formatSize, type Values } from '../ids.ts';
import { limits } from '../limits.ts';
import { type Algorithm, type ChunkerMember, wasmKernel } from './chunker.ts';
import { gearSelection } from './gear.ts';
import { disorder, sizeParameters } from './parameters.ts';
import { gearhashTable } from './tables/gearhash.ts';

/**
 * Chunks of xet (Hugging Face): gear hash with the table of rust-gearhash, cut *after* a byte whose hash has its log2(avg)
 * highest bits zero. All 64 bytes of the window count for those bits, so it starts 65 bytes before min. A match before min
 * is skipped and scanning goes on with the hash kept; xet-core before September 2025 cut there, up to 64 bytes too early.
 */
const WINDOW = 64;

export const xet: ChunkerMember = {
  name: 'xet',
  title: 'gear hash of rust-gearhash, mask of high bits',
  source: 'Xet protocol specification, chunking; huggingface/xet-core',
  heldAgainst:
    'xet-core 1.8.0, crates xet-data and gearhash 0.1.4: its 130 vectors by test; equal cuts on 4 inputs by 4 sets',
  parameters: sizeParameters({
    // Defaults of the specification: 8 KiB, 64 KiB, 128 KiB.
    min: { least: WINDOW + 1, most: limits.chunkBytes, default: (avg) => avg / 8 },
    avg: {
      least: 128,
      most: limits.chunkBytes,
      default: 65536,
      description: 'mean distance of candidates; the hash has log2(avg) high bits zero',
    },
    max: { least: 128, most: limits.chunkBytes, default: (avg) => avg * 2 },
  }),
  check: (values) => {
    const avg = Number(values['avg']);
    const power = 2 ** Math.round(Math.log2(avg));
    if (power !== avg) return `avg must be a power of two, such as ${formatSize(power)}`;
    return disorder(values);
  },
  contentDefined: true,
  algorithm,
};

function algorithm(values: Values): Algorithm {
  const [min, avg, max] = [Number(values['min']), Number(values['avg']), Number(values['max'])];
  const skipped = min - WINDOW - 1;
  const bits = BigInt(Math.log2(avg));
  const mask = BigInt(avg - 1) << (64n - bits);
  return {
    shortest: min,
    // The first one cut at matches before min.
    revision: 2,
    longest: max,
    reference: (bytes, start) => cut(bytes.subarray(start, start + max), min, mask),
    kernel: wasmKernel('xet', max, { numbers: [skipped, min, max, mask], tables: gearhashTable }),
    // From the first position that may end a chunk on, the window is full: the hash is that of the stream.
    selection: gearSelection({
      table: gearhashTable,
      masks: { small: mask, large: mask },
      first: min - 1,
      max,
      numbers: [0],
    }),
  };
}

/** The definition: length of the chunk at the start of `bytes`, of which there are at most the longest chunk. */
function cut(bytes: Uint8Array, min: number, mask: bigint): number {
  let hash = 0n;
  for (let at = min - WINDOW - 1; at < bytes.length; at++) {
    hash = BigInt.asUintN(64, (hash << 1n) + gearhashTable[bytes[at]!]!);
    if (at + 1 >= min && (hash & mask) === 0n) return at + 1;
  }
  return bytes.length;
}
