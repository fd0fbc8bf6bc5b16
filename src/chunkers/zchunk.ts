import { formatSize } from '../ids.ts';
import { limits } from '../limits.ts';
import { buzhashTables, hashOf } from './buzhash.ts';
import { type ChunkerMember, selectionOf, wasmKernel } from './chunker.ts';
import { disorder, sizeParameters } from './parameters.ts';
import { casyncTable } from './tables/casync.ts';

/**
 * Buzhash over 48 bytes as zck cuts: before a byte that makes the low log2(avg) bits zero. Where such a byte comes before
 * min, zck refuses the cut and feeds the byte to its hash a second time, so that the window after it is no longer a piece of
 * the stream; archives depend on it, so it is kept.
 */
const WINDOW = 48;
/** 48 bytes 22, or 30, have a hash with ten low bits zero: with so few, zck would feed such a byte again without end. */
const LEAST_AVERAGE = 2048;

export const zchunk: ChunkerMember = {
  name: 'zchunk',
  title: 'buzhash, window 48, bytes of refused cuts fed twice',
  source: 'zchunk/zchunk, zck_write; table from folbricht/desync (BSD-3-Clause)',
  heldAgainst: 'zchunk 1.5.3: read, its cuts are those of 1.2.3; zck 1.2.3 by test',
  parameters: sizeParameters({
    // Defaults of zck: 8 KiB, 32 KiB, 128 KiB.
    min: { least: WINDOW, most: limits.chunkBytes, default: (avg) => avg / 4 },
    avg: {
      least: LEAST_AVERAGE,
      most: 4 << 20,
      default: 32768,
      description: 'mean distance of candidates; the hash has log2(avg) low bits zero',
    },
    max: { least: WINDOW, most: limits.chunkBytes, default: (avg) => avg * 4 },
  }),
  check: (values) => {
    const avg = Number(values['avg']);
    const power = 2 ** Math.round(Math.log2(avg));
    if (power !== avg) return `avg must be a power of two, such as ${formatSize(power)}`;
    return disorder(values);
  },
  contentDefined: true,
  algorithm: (values) => {
    const [min, avg, max] = [Number(values['min']), Number(values['avg']), Number(values['max'])];
    const scanned = buzhashTables(casyncTable, WINDOW);
    const tables = new Uint32Array(512 + WINDOW / 4);
    tables.set(scanned);
    const mask = BigInt(avg - 1);
    return {
      shortest: min,
      longest: max,
      reference: (bytes, start) => cut(bytes.subarray(start, start + max), min, avg - 1),
      kernel: wasmKernel('zchunk', max, { numbers: [min, max, avg - 1], tables }),
      selection: selectionOf({
        scan: 'scanBuzhash',
        select: 'selectZchunk',
        setting: { numbers: [WINDOW], tables: scanned },
        window: WINDOW,
        masks: { small: mask, large: mask },
        first: WINDOW - 1,
        least: min,
        max,
        lead: 0,
      }),
    };
  },
};

/** The definition: length of the chunk at the start of `bytes`, of which there are at most the longest chunk. */
function cut(bytes: Uint8Array, min: number, mask: number): number {
  const fed: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    fed.push(bytes[at]!);
    while (fed.length >= WINDOW && (hashOf(lastOf(fed), casyncTable) & mask) === 0) {
      if (at >= min) return at;
      fed.push(bytes[at]!);
    }
  }
  return bytes.length;
}

const lastOf = (fed: readonly number[]): Uint8Array => Uint8Array.from(fed.slice(-WINDOW));
