import { type Kernels, kernels } from '../kernels/kernels.ts';
import type { ByteSource } from '../streams/source.ts';
import type { Chunker, Selection } from './chunker.ts';
import { Lengths } from './lengths.ts';

/**
 * Scan once, select many:
 *
 *     for each block of the stream, read once
 *       for each hash that parameter sets share
 *         candidates = scan(block, the bits that all masks share)      whatever min, avg, max
 *         lengths    = select(candidates, min, avg, max, masks)        per parameter set, over one position in a thousand
 *
 * The cuts are those of the plain chunkers, always; a property test holds them to it.
 */

/** With fewer bits in common, candidates are so many that plain passes cost less. */
const FEWEST_SHARED_BITS = 8;
/** What is scanned at a time; small enough that it and the candidates stay in the processor's cache. */
const BLOCK_BYTES = 128 << 10;
/** Room for every position of the block and behind it: a hash of four bytes and a candidate of sixteen. */
const LIST_BYTES = 20;
/** Of a parameter set's record, `Selection` in assembly/selection.ts, with what its members add. */
const RECORD_BYTES = 256;
/** What a scan carries from block to block. */
const STATE_BYTES = 8;

/**
 * Lengths of all chunks of `source` by each of `chunkers`, in their order. Parameter sets of one hash share one scan, and all
 * scans share one read of the stream; a chunker without others of its hash makes its own pass.
 *
 * @param options.blockBytes bytes scanned at a time; cuts do not depend on it
 */
export function lengthsOfMany(
  chunkers: readonly Chunker[],
  source: ByteSource,
  { blockBytes = BLOCK_BYTES }: { readonly blockBytes?: number } = {},
): readonly Float64Array[] {
  const groups = groupsOf(chunkers);
  const results = new Array<Float64Array>(chunkers.length);
  if (groups.length > 0) sweep(groups, source, Math.min(blockBytes, source.length), results);
  for (const [index, chunker] of chunkers.entries()) results[index] ??= chunker.lengths(source);
  return results;
}

/** Chunkers that gain from a common scan. */
interface Group {
  readonly key: string;
  /** Bits that all masks have in common. */
  shared: bigint;
  readonly members: { readonly index: number; readonly selection: Selection }[];
}

function groupsOf(chunkers: readonly Chunker[]): readonly Group[] {
  const groups: Group[] = [];
  for (const [index, { algorithm }] of chunkers.entries()) {
    const selection = algorithm?.selection;
    if (!selection) continue;
    const key = keyOf(selection);
    const masks = selection.masks.small & selection.masks.large;
    const group = groups.find(
      (candidate) => candidate.key === key && bits(candidate.shared & masks) >= FEWEST_SHARED_BITS,
    );
    if (group) {
      group.shared &= masks;
      group.members.push({ index, selection });
    } else if (bits(masks) >= FEWEST_SHARED_BITS) {
      groups.push({ key, shared: masks, members: [{ index, selection }] });
    }
  }
  return groups.filter(({ members }) => members.length > 1);
}

/** Equal for sets of one hash. */
function keyOf({ scan, setting: { numbers, tables } }: Selection): string {
  return `${scan} ${numbers} ${tables}`;
}

const bits = (mask: bigint): number => mask.toString(2).replaceAll('0', '').length;

/** Cuts by all groups and enters the lengths in `results` by the members' indexes. */
function sweep(
  groups: readonly Group[],
  source: ByteSource,
  blockBytes: number,
  results: Float64Array[],
): void {
  const machine = kernels();
  const { exports, block, out, capacity } = machine;
  const sets = groups.reduce((sum, { members }) => sum + members.length, 0);
  const behind = Math.max(...groups.map(({ members }) => members[0]!.selection.window));
  // [ bytes behind | block | list | states, one a group | records, one a set ]
  const data = block + behind;
  const list = Math.ceil((data + blockBytes) / 16) * 16;
  const states = list + LIST_BYTES * Math.ceil((behind + blockBytes) / 16) * 16;
  const records = states + STATE_BYTES * groups.length;
  const memory = machine.reserve(records + RECORD_BYTES * sets - block);
  memory.fill(0, 0, behind);
  memory.fill(0, states - block);

  let address = records;
  const scans = groups.map(({ shared, members }, number) => ({
    shared,
    selection: members[0]!.selection,
    state: states + STATE_BYTES * number,
    sets: members.map(({ index, selection }) => {
      const set = { index, address, select: exports[selection.select], lengths: new Lengths() };
      writeRecord(machine, address, selection);
      address += RECORD_BYTES;
      return set;
    }),
  }));
  for (let position = 0; position < source.length; position += blockBytes) {
    if (position > 0) memory.copyWithin(0, blockBytes, blockBytes + behind);
    const count = Math.min(blockBytes, source.length - position);
    source.read(position, memory.subarray(behind, behind + count));
    exports.enterBlock(data, data + count, position, source.length);
    for (const { selection, shared, state, sets } of scans) {
      machine.load(selection.setting);
      const listEnd = exports[selection.scan](shared, list, state);
      for (const { address, select, lengths } of sets) {
        let written = capacity;
        for (let fresh = true; written === capacity; fresh = false) {
          written = select(address, fresh, list, listEnd, out, capacity);
          lengths.push(machine.lengths(written));
        }
      }
    }
  }
  for (const { index, lengths } of scans.flatMap(({ sets }) => sets))
    results[index] = lengths.all();
}

/** Lays a parameter set down as `Selection` in assembly/selection.ts declares it. */
function writeRecord(machine: Kernels, address: number, selection: Selection): void {
  const { masks, first, least, centre, max, lead, untested, grain, numbers } = selection;
  const fields = [masks.small, masks.large, first, least, centre, max, lead, untested, grain];
  const view = machine.view(address, RECORD_BYTES);
  for (const [index, field] of [...fields, ...numbers].entries())
    view.setBigInt64(8 * index, BigInt.asIntN(64, BigInt(field)), true);
}
