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
  const cuts = new Cuts(chunkers, source.length, (chunker) => chunker.lengths(source), blockBytes);
  cuts.advance(source, source.length);
  return cuts.lengths.map((lengths) => lengths.all());
}

/** The cuts of {@link lengthsOfMany} as the stream comes by. Only one at a time: all use the kernels of this thread. */
export class Cuts {
  /** Of the chunks that are settled, by chunker. */
  readonly lengths: readonly Lengths[];
  readonly #sweep: Sweep | undefined;
  #position = 0;

  /**
   * @param total length of the stream: bytes
   * @param alone lengths of all chunks by a chunker that shares no scan
   */
  constructor(
    chunkers: readonly Chunker[],
    total: number,
    alone: (chunker: Chunker) => Float64Array,
    blockBytes: number = BLOCK_BYTES,
  ) {
    const groups = groupsOf(chunkers);
    const shared = new Set(groups.flatMap(({ members }) => members.map(({ index }) => index)));
    const lengths = chunkers.map((chunker, index) =>
      shared.has(index) ? new Lengths() : new Lengths(alone(chunker)),
    );
    if (groups.length > 0 && total > 0) {
      this.#sweep = new Sweep(groups, Math.min(blockBytes, total));
      for (const { sets } of this.#sweep.scans)
        for (const { index, lengths: own } of sets) lengths[index] = own;
    }
    this.lengths = lengths;
  }

  /** Cuts as far as the bytes before `to` settle it. */
  advance(source: ByteSource, to: number): void {
    const sweep = this.#sweep;
    while (sweep && this.#position < to) {
      this.#position = sweep.read(source, this.#position, to);
      for (const scan of sweep.scans) sweep.select(scan, sweep.find(scan));
    }
  }
}

/** Chunkers that gain from a common scan. */
export interface Group {
  readonly key: string;
  /** Bits that all masks have in common. */
  shared: bigint;
  readonly members: { readonly index: number; readonly selection: Selection }[];
}

export function groupsOf(chunkers: readonly Chunker[]): readonly Group[] {
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

/** A group and where its things lie in the kernels' memory. */
interface Scan {
  readonly shared: bigint;
  readonly selection: Selection;
  readonly state: number;
  readonly sets: readonly {
    /** Of its chunker among those given. */
    readonly index: number;
    readonly selection: Selection;
    /** Of its record. */
    readonly address: number;
    readonly lengths: Lengths;
  }[];
}

/**
 * The scans of one stream and the parameter sets that select from them. Every block is read, and then, for one scan after
 * another, its candidates found and selected from, because all scans write to the same list. The memory is laid out as
 *
 *     [ bytes behind | block | list | states, one a scan | records, one a set ]
 */
export class Sweep {
  readonly scans: readonly Scan[];
  readonly #machine: Kernels;
  readonly #blockBytes: number;
  readonly #behind: number;
  readonly #memory: Uint8Array;
  readonly #list: number;
  /** Bytes of the block in hand. */
  #count = 0;

  /** @param machine that nothing else uses until the stream is through */
  constructor(groups: readonly Group[], blockBytes: number, machine: Kernels = kernels()) {
    const { block } = machine;
    const sets = groups.reduce((sum, { members }) => sum + members.length, 0);
    const behind = Math.max(...groups.map(({ members }) => members[0]!.selection.window));
    const list = Math.ceil((block + behind + blockBytes) / 16) * 16;
    const states = list + LIST_BYTES * Math.ceil((behind + blockBytes) / 16) * 16;
    const records = states + STATE_BYTES * groups.length;
    this.#memory = machine.reserve(records + RECORD_BYTES * sets - block);
    this.#memory.fill(0, 0, behind);
    this.#memory.fill(0, states - block);
    this.#machine = machine;
    this.#blockBytes = blockBytes;
    this.#behind = behind;
    this.#list = list;
    let address = records - RECORD_BYTES;
    this.scans = groups.map(({ shared, members }, number) => ({
      shared,
      selection: members[0]!.selection,
      state: states + STATE_BYTES * number,
      sets: members.map((member) => {
        address += RECORD_BYTES;
        return { ...member, address, lengths: new Lengths() };
      }),
    }));
    for (const scan of this.scans) this.restart(scan);
  }

  /** The sets of a scan select from the start of the stream again. */
  restart({ sets }: Scan): void {
    for (const { address, selection, lengths } of sets) {
      writeRecord(this.#machine, address, selection);
      lengths.clear();
    }
  }

  /** Reads the block that starts at `position`, where the one before it ended, before `to`, and returns where it ends. */
  read(source: ByteSource, position: number, to: number = source.length): number {
    const [memory, behind] = [this.#memory, this.#behind];
    if (position > 0) memory.copyWithin(0, this.#count, this.#count + behind);
    const count = Math.min(this.#blockBytes, to - position);
    source.read(position, memory.subarray(behind, behind + count));
    const data = this.#machine.block + behind;
    this.#machine.exports.enterBlock(data, data + count, position, source.length);
    this.#count = count;
    return position + count;
  }

  /** Writes the candidates of the block to the list and returns its end, an address. */
  find({ selection: { setting, scan }, shared, state }: Scan): number {
    this.#machine.load(setting);
    return this.#machine.exports[scan](shared, this.#list, state);
  }

  /** Every set of the scan cuts as far as its candidates reach. */
  select({ sets }: Scan, listEnd: number): void {
    const { exports, out, capacity } = this.#machine;
    for (const { address, selection, lengths } of sets) {
      const select = exports[selection.select];
      let written = capacity;
      for (let fresh = true; written === capacity; fresh = false) {
        written = select(address, fresh, this.#list, listEnd, out, capacity);
        lengths.push(this.#machine.lengths(written));
      }
    }
  }
}

/** Lays a parameter set down as `Selection` in assembly/selection.ts declares it. */
function writeRecord(machine: Kernels, address: number, selection: Selection): void {
  const { masks, first, least, centre, max, lead, untested, grain, numbers } = selection;
  const fields = [masks.small, masks.large, first, least, centre, max, lead, untested, grain];
  const record = new BigInt64Array(RECORD_BYTES / 8);
  for (const [index, field] of [...fields, ...numbers].entries())
    record[index] = BigInt.asIntN(64, BigInt(field));
  new BigInt64Array(machine.exports.memory.buffer, address, record.length).set(record);
}
