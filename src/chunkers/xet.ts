import { formatSize, type Values } from '../ids.ts';
import { limits } from '../limits.ts';
import { type Algorithm, type ChunkerMember, wasmKernel } from './chunker.ts';
import { gearSelection } from './gear.ts';
import { disorder, sizeParameters } from './parameters.ts';
import { gearhashTable } from './tables/gearhash.ts';

/**
 * Chunks of xet (Hugging Face): gear hash with the table of rust-gearhash, cut *after* a byte whose hash has its log2(avg)
 * highest bits zero. All 64 bytes of the window count for those bits, so it starts 65 bytes before min, and tests from
 * there: a chunk may be up to 64 bytes shorter than min.
 */
const WINDOW = 64;

export const xet: ChunkerMember = {
  name: 'xet',
  title: 'gear hash of rust-gearhash, mask of high bits',
  source: 'Xet protocol specification, chunking; huggingface/xet-core',
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
    shortest: skipped + 1,
    longest: max,
    reference: (bytes, start) => cut(bytes.subarray(start, start + max), skipped, mask),
    kernel: wasmKernel('xet', max, { numbers: [skipped, max, mask], tables: gearhashTable }),
    selection: gearSelection({
      table: gearhashTable,
      masks: { small: mask, large: mask },
      first: skipped,
      max,
    }),
  };
}

/** The definition: length of the chunk at the start of `bytes`, of which there are at most the longest chunk. */
function cut(bytes: Uint8Array, skipped: number, mask: bigint): number {
  let hash = 0n;
  for (let at = skipped; at < bytes.length; at++) {
    hash = BigInt.asUintN(64, (hash << 1n) + gearhashTable[bytes[at]!]!);
    if ((hash & mask) === 0n) return at + 1;
  }
  return bytes.length;
}
