import { formatSize } from '../ids.ts';
import { limits } from '../limits.ts';
import {
  type Algorithm,
  type ChunkerMember,
  type Selection,
  selectionOf,
  wasmKernel,
} from './chunker.ts';
import { rollingSums, SUM_WINDOW } from './rolling-sum.ts';

/**
 * Chunks of zstd:chunked (containers/storage): a sum like Adler's over the last 64 bytes, with a cut after a byte that makes
 * its log2(avg) low bits all one; a run of at least `hole` zeros is a chunk of its own. The window goes on over cuts, with
 * zeros before the stream. The tool has no max; here it bounds memory, and is met by long runs of other bytes only.
 *
 * `avg` is a power of two, 64 bytes to 4 MiB, `max` avg to 64 MiB, `hole` 2 bytes to 64 MiB.
 */
/** Holes of these sizes, bytes, can be selected from a scan: the scan lists every run of the least one, and waits for the most. */
const LEAST_HOLE = 64;
const MOST_HOLE = 4096;
/** A chunk may begin with any of the first 64 zeros of a run: once so many are known, it is a hole or none for every set. */
const HELD = MOST_HOLE + SUM_WINDOW;
const SCAN = { numbers: [LEAST_HOLE, HELD], tables: new Uint8Array(0) };

export const rollsum: ChunkerMember = {
  name: 'rollsum',
  title: 'rsync-like sum over 64 bytes, runs of zeros apart',
  source: 'containers/storage, pkg/chunked/compressor; the sum is that of bup and Perkeep',
  heldAgainst: 'go.podman.io/storage 1.65.1: equal cuts on 4 inputs; skopeo 1.9.3 by test',
  parameters: [
    {
      name: 'avg',
      kind: 'bytes',
      description: 'mean distance of candidates; the sum has log2(avg) low bits one',
      default: 65536,
      minimum: 64,
      maximum: 4 << 20,
    },
    {
      name: 'max',
      kind: 'bytes',
      description: 'longest chunk',
      default: limits.chunkBytes,
      minimum: 64,
      maximum: limits.chunkBytes,
    },
    {
      name: 'hole',
      kind: 'bytes',
      description: 'shortest run of zeros that is a chunk of its own',
      default: 1024,
      minimum: 2,
      maximum: limits.chunkBytes,
    },
  ],
  check: (values) => {
    const avg = Number(values['avg']);
    const power = 2 ** Math.round(Math.log2(avg));
    if (power !== avg) return `avg must be a power of two, such as ${formatSize(power)}`;
    return avg > Number(values['max']) ? 'avg is above max' : undefined;
  },
  contentDefined: true,
  algorithm: (values): Algorithm => {
    const [avg, max, hole] = [Number(values['avg']), Number(values['max']), Number(values['hole'])];
    return {
      shortest: 1,
      longest: max,
      reference: (bytes, start) =>
        cut(bytes, start, Math.min(bytes.length, start + max), avg, hole),
      kernel: {
        ...wasmKernel('rollsum', max, { numbers: [max, avg - 1, hole], tables: new Uint8Array(0) }),
        behind: SUM_WINDOW,
      },
      ...(hole >= LEAST_HOLE &&
        hole <= MOST_HOLE && { selection: rollsumSelection(avg, max, hole) }),
    };
  },
};

function rollsumSelection(avg: number, max: number, hole: number): Selection {
  const mask = BigInt(avg - 1);
  return selectionOf({
    scan: 'scanRollsum',
    select: 'selectRollsum',
    setting: SCAN,
    window: SUM_WINDOW + HELD,
    masks: { small: mask, large: mask },
    first: 0,
    max,
    numbers: [hole],
  });
}

/** The definition: length of the chunk that starts at `start` and ends at `end` at the latest. */
function cut(bytes: Uint8Array, start: number, end: number, avg: number, hole: number): number {
  for (let at = start; at < end; at++) {
    const zeros = holeAt(bytes, at, end, hole, start);
    if (zeros > 0) return at === start ? zeros : at - start;
    if (rollingSums(bytes, at)[1] % avg === avg - 1) return at + 1 - start;
  }
  return end - start;
}

/** Length of the hole that begins at `at`, or 0. A run that began before `at` in this chunk is none. */
function holeAt(bytes: Uint8Array, at: number, end: number, hole: number, start: number): number {
  if (at > start && bytes[at - 1] === 0) return 0;
  let after = at;
  while (after < end && bytes[after] === 0) after++;
  return after - at >= hole ? after - at : 0;
}
