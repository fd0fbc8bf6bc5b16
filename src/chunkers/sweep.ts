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
  const scan = new GearScan(selections, blockBytes);
  for (let position = 0; position < source.length; position += blockBytes) {
    scan.read(source, position);
    while (scan.find()) scan.select();
  }
  return scan.lengths();
}

interface SetInScan {
  /** Of its record. */
  readonly address: number;
  readonly lengths: Lengths;
}

/** One scan of one stream and the parameter sets that select from it. In a machine that nothing else uses meanwhile. */
export class GearScan {
  readonly #machine: Kernels;
  readonly #blockBytes: number;
  readonly #data: Uint8Array;
  readonly #first: number;
  readonly #list: number;
  readonly #capacity: number;
  readonly #shared: bigint;
  readonly #selections: readonly GearSelection[];
  #sets: readonly SetInScan[] = [];
  #total = 0;
  #position = 0;
  #end = 0;
  #at = 0;
  #found = 0;

  /**
   * @param selections sets of equal tables
   * @param blockBytes bytes scanned at a time
   * @param capacity candidates found at a time
   */
  constructor(
    selections: readonly GearSelection[],
    blockBytes: number,
    capacity: number = CANDIDATES,
    machine: Kernels = kernels(),
  ) {
    this.#machine = machine;
    this.#selections = selections;
    this.#blockBytes = blockBytes;
    this.#capacity = capacity;
    machine.load({ numbers: [], tables: selections[0]!.table });
    this.#data = machine.reserve(KEPT_BYTES + blockBytes + capacity * CANDIDATE_BYTES + 8);
    this.#first = machine.block + KEPT_BYTES;
    this.#list = Math.ceil((this.#first + blockBytes) / 8) * 8;
    this.#shared = BigInt.asUintN(
      64,
      selections.reduce((mask, set) => mask & set.maskSmall & set.maskLarge, -1n),
    );
    machine.exports.restartScan();
    this.restart();
  }

  /** Every set selects from the start of the stream again. */
  restart(): void {
    this.#sets = this.#selections.map((set, number) => writeRecord(this.#machine, number, set));
  }

  /** Reads the block that starts at `position`: where the block before it ended. */
  read(source: ByteSource, position: number): void {
    const count = Math.min(this.#blockBytes, source.length - position);
    this.#data.copyWithin(0, this.#blockBytes, this.#blockBytes + KEPT_BYTES);
    source.read(position, this.#data.subarray(KEPT_BYTES, KEPT_BYTES + count));
    this.#total = source.length;
    this.#position = position;
    this.#at = this.#first;
    this.#end = this.#first + count;
  }

  /** Finds the next candidates of the block; false where all were found. */
  find(): boolean {
    if (this.#at >= this.#end) return false;
    const { exports } = this.#machine;
    const start = this.#position + this.#at - this.#first;
    const list = this.#list;
    this.#found = exports.scanGear(this.#at, this.#end, start, this.#shared, list, this.#capacity);
    this.#at = exports.scannedTo();
    return true;
  }

  /** Every set cuts as far as the stream is scanned. */
  select(): void {
    const { exports, out, capacity } = this.#machine;
    const scanned = this.#position + this.#at - this.#first;
    for (const { address, lengths } of this.#sets) {
      for (let fresh = true, written = capacity; written === capacity; fresh = false) {
        written = exports.selectGear(
          address,
          fresh,
          this.#first,
          this.#position,
          scanned,
          this.#total,
          this.#list,
          this.#found,
          out,
          capacity,
        );
        lengths.push(this.#machine.lengths(written));
      }
    }
  }

  /** Of all chunks so far, by set. */
  lengths(): readonly Float64Array[] {
    return this.#sets.map(({ lengths }) => lengths.all());
  }
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
