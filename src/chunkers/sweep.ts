import { type Kernels, kernels } from '../kernels/kernels.ts';
import type { ByteSource } from '../streams/source.ts';
import type { Chunker, GearSelection } from './chunker.ts';
import { Lengths } from './lengths.ts';

/**
 * Scan once, select many:
 *
 *     candidates = scan(stream, the bits that all masks share)      one pass, whatever min, avg, max and nc
 *     lengths    = select(candidates, min, avg, max, masks)         per parameter set, over one position in a thousand
 *
 * The cuts are those of the plain chunkers, always; a property test holds them to it.
 */

/** With fewer bits in common, candidates are so many that plain passes cost less. */
const FEWEST_SHARED_BITS = 8;
/** Sets in one scan: their records lie behind the gear table. */
const MOST_SETS = 512;
const RECORD_BYTES = 64;
const RECORDS_AT = 4096;
/** What is scanned at a time; small enough that the selections find it in the processor's cache. */
const BLOCK_BYTES = 1 << 20;
/** Bytes before the scanned part that a selection may still look at; more than any mask sees. */
const KEPT_BYTES = 64;
/** Four times what random bytes give at ten shared bits; where a run fills it, the block is scanned in parts. */
const CANDIDATES = 4096;
const CANDIDATE_BYTES = 16;

/**
 * Lengths of all chunks of `source` by each of `chunkers`, in their order. FastCDC with one seed is scanned once for all its
 * parameter sets; every other chunker makes its own pass.
 *
 * @param options.blockBytes bytes scanned at a time; cuts do not depend on it
 */
export function lengthsOfMany(
  chunkers: readonly Chunker[],
  source: ByteSource,
  { blockBytes = BLOCK_BYTES }: { readonly blockBytes?: number } = {},
): readonly Float64Array[] {
  const results = new Array<Float64Array>(chunkers.length);
  for (const group of groupsOf(chunkers)) {
    const selections = group.map((index) => chunkers[index]!.algorithm!.selection!);
    const lengths = sweep(selections, source, blockBytes);
    for (const [number, index] of group.entries()) results[index] = lengths[number]!;
  }
  for (const [index, chunker] of chunkers.entries()) results[index] ??= chunker.lengths(source);
  return results;
}

/** Indexes of chunkers that gain from a common scan. */
function groupsOf(chunkers: readonly Chunker[]): readonly (readonly number[])[] {
  const groups: { readonly table: string; shared: bigint; readonly members: number[] }[] = [];
  for (const [index, { algorithm }] of chunkers.entries()) {
    const selection = algorithm?.selection;
    if (!selection) continue;
    const table = selection.table.join();
    const masks = selection.maskSmall & selection.maskLarge;
    const group = groups.find(
      (candidate) =>
        candidate.table === table &&
        candidate.members.length < MOST_SETS &&
        bits(candidate.shared & masks) >= FEWEST_SHARED_BITS,
    );
    if (group) {
      group.shared &= masks;
      group.members.push(index);
    } else if (bits(masks) >= FEWEST_SHARED_BITS) {
      groups.push({ table, shared: masks, members: [index] });
    }
  }
  return groups.map(({ members }) => members).filter(({ length }) => length > 1);
}

const bits = (mask: bigint): number => mask.toString(2).replaceAll('0', '').length;

function sweep(
  selections: readonly GearSelection[],
  source: ByteSource,
  blockBytes: number,
): readonly Float64Array[] {
  const machine = kernels();
  const { exports } = machine;
  machine.load({ numbers: [], tables: selections[0]!.table });
  const data = machine.reserve(KEPT_BYTES + blockBytes + CANDIDATES * CANDIDATE_BYTES + 8);
  const first = machine.block + KEPT_BYTES;
  const list = Math.ceil((first + blockBytes) / 8) * 8;
  const sets = selections.map((selection, number) => writeRecord(machine, number, selection));
  const shared = BigInt.asUintN(
    64,
    selections.reduce((mask, set) => mask & set.maskSmall & set.maskLarge, -1n),
  );
  exports.restartScan();
  for (let position = 0; position < source.length; position += blockBytes) {
    data.copyWithin(0, blockBytes, blockBytes + KEPT_BYTES);
    const count = Math.min(blockBytes, source.length - position);
    source.read(position, data.subarray(KEPT_BYTES, KEPT_BYTES + count));
    for (let at = first; at < first + count; at = exports.scannedTo()) {
      const start = position + at - first;
      const found = exports.scanGear(at, first + count, start, shared, list, CANDIDATES);
      const scanned = position + exports.scannedTo() - first;
      for (const { address, lengths } of sets) {
        for (
          let fresh = true, written = machine.capacity;
          written === machine.capacity;
          fresh = false
        ) {
          written = exports.selectGear(
            address,
            fresh,
            first,
            position,
            scanned,
            source.length,
            list,
            found,
            machine.out,
            machine.capacity,
          );
          lengths.push(machine.lengths(written));
        }
      }
    }
  }
  return sets.map(({ lengths }) => lengths.all());
}

interface SetInScan {
  /** Of its record. */
  readonly address: number;
  readonly lengths: Lengths;
}

/** Lays a parameter set down as `Selection` in assembly/gear-scan.ts declares it. */
function writeRecord(machine: Kernels, number: number, set: GearSelection): SetInScan {
  const address = machine.tables + RECORDS_AT + number * RECORD_BYTES;
  const view = machine.view(address, RECORD_BYTES);
  // A hash bit k depends on the last k + 1 bytes.
  const short = (set.maskSmall | set.maskLarge).toString(2).length - 1;
  const [start, cursor, shortDone] = [0n, 0, 0];
  for (const [index, value] of [set.maskSmall, set.maskLarge, start].entries())
    view.setBigUint64(8 * index, value, true);
  for (const [index, value] of [set.min, set.avg, set.max, short, cursor, shortDone].entries())
    view.setUint32(24 + 4 * index, value, true);
  return { address, lengths: new Lengths() };
}
