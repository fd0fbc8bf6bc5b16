import { gear } from '../chunkers/gear.ts';
import { kernels } from '../kernels/kernels.ts';
import type { ByteSource } from '../streams/source.ts';

/**
 * Anchors are positions that content alone chooses: wherever the same bytes lie, they have the same anchors. They divide
 * every chunk of every chunker alike, which cut points of other parameter sets would not.
 *
 * Position p is an anchor when the gear hash there passes {@link MASK} and at none of the {@link GAP} − 1 positions before.
 */

/** Ten bits: an anchor every KiB of random bytes. */
const MASK = 0x0000_5900_0353_0000n;
/** Bytes between two anchors at least, so that no repetitive content is divided into crumbs. */
const GAP = 64;
/** Whether p is an anchor depends on no byte before p − ANCHOR_CONTEXT: 63 of the last hash looked at, and the gap. */
export const ANCHOR_CONTEXT: number = 63 + GAP;

const BLOCK_BYTES = 1 << 20;
const CANDIDATES = 4096;
const CANDIDATE_BYTES = 16;
const setting = { numbers: [], tables: gear };

/** All anchors of a stream, ascending byte positions; those nearer than {@link ANCHOR_CONTEXT} to its start are left out. */
export function anchorsOf(source: ByteSource): Float64Array {
  const machine = kernels();
  const { exports } = machine;
  machine.load(setting);
  const data = machine.reserve(BLOCK_BYTES + CANDIDATES * CANDIDATE_BYTES + 8);
  const first = machine.block;
  const list = Math.ceil((first + BLOCK_BYTES) / 8) * 8;
  const anchors = new Positions();
  let last = Number.NEGATIVE_INFINITY;
  exports.restartScan();
  for (let position = 0; position < source.length; position += BLOCK_BYTES) {
    const count = Math.min(BLOCK_BYTES, source.length - position);
    source.read(position, data.subarray(0, count));
    for (let at = first; at < first + count; at = exports.scannedTo()) {
      const start = position + at - first;
      const found = exports.scanGear(at, first + count, start, MASK, list, CANDIDATES);
      const view = machine.view(list, found * CANDIDATE_BYTES);
      for (let number = 0; number < found; number++) {
        // Positions are below 2⁵³.
        const low = view.getUint32(number * CANDIDATE_BYTES, true);
        const candidate = low + 2 ** 32 * view.getUint32(number * CANDIDATE_BYTES + 4, true);
        if (candidate - last >= GAP && candidate >= ANCHOR_CONTEXT) anchors.push(candidate);
        last = candidate;
      }
    }
  }
  return anchors.all();
}

class Positions {
  #positions = new Float64Array(1024);
  #count = 0;

  push(position: number): void {
    if (this.#count === this.#positions.length) {
      const grown = new Float64Array(2 * this.#count);
      grown.set(this.#positions);
      this.#positions = grown;
    }
    this.#positions[this.#count++] = position;
  }

  all(): Float64Array {
    return this.#positions.subarray(0, this.#count);
  }
}
