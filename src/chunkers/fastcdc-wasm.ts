import { get_chunks } from 'fastcdc-wasm';
import type { ChunkerMember, Kernel } from './chunker.ts';
import { ronomonCut, ronomonDisorder, ronomonParameters, ronomonSizes } from './ronomon-cut.ts';

/**
 * The npm package fastcdc-wasm, by its own code. It is neither FastCDC of 2016 nor of 2020 but the variant `ronomon`, whose
 * cuts it makes for every legal id; `fastcdc` makes others. What to know when it is measured:
 *
 * - It cuts a whole buffer and has no streaming. Here it gets a block at a time, and a chunk at the end of a block that later
 *   bytes could change is cut again with the next one, so a stream needs a block and not itself in memory.
 * - It copies the buffer into its own memory, which never shrinks, and back over the caller's: work that `ronomon` has not.
 * - It ends in an unspecific `RuntimeError: unreachable` where a size is out of its range; the ranges here lie within.
 *
 * Sizes are those of `ronomon`. No scan can be shared: the package returns cuts, never candidates.
 */
export const fastcdcWasm: ChunkerMember = {
  name: 'fastcdc-wasm',
  title: 'the npm package fastcdc-wasm, which cuts as ronomon does',
  source: 'fastcdc-wasm 0.1.0, built from fastcdc-rs 1.0.5',
  heldAgainst: 'fastcdc-wasm 0.1.0, the newest: it is run itself',
  parameters: ronomonParameters,
  check: ronomonDisorder,
  contentDefined: true,
  algorithm: (values) => {
    const sizes = ronomonSizes(values);
    const { min, avg, max } = sizes;
    return {
      shortest: min,
      longest: max,
      reference: (bytes, start) => ronomonCut(bytes.subarray(start, start + max), sizes),
      kernel: packageKernel(min, avg, max),
    };
  },
};

function packageKernel(min: number, avg: number, max: number): Kernel {
  return {
    reach: max,
    setting: { numbers: [], tables: new Uint8Array(0) },
    cut: (machine, start, end, last, most = machine.capacity) => {
      // The package cuts all it is given.
      const length = Math.min(end - start, most * max);
      const isEnd = last && length === end - start;
      const bytes = new Uint8Array(machine.exports.memory.buffer, start, length);
      // Boundaries, the first of which is 0 and the last the number of bytes.
      const boundaries = get_chunks(bytes, min, avg, max);
      let count = Math.min(boundaries.length - 1, most);
      const lengths = machine.lengths(machine.capacity);
      for (let index = 0; index < count; index++) {
        lengths[index] = boundaries[index + 1]! - boundaries[index]!;
      }
      const cutByEnd = boundaries[count] === bytes.length && lengths[count - 1]! < max;
      if (cutByEnd && !isEnd) count--;
      return count;
    },
  };
}
