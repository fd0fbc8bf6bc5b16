import { Buffer } from 'node:buffer';
import { PluginError } from '../errors.ts';
import { wasm } from './kernels.wasm.ts';

/** Chunkers by the name of their kernel: one file each in assembly/. */
export type KernelName =
  | 'ae'
  | 'bup'
  | 'buzhash'
  | 'fastcdc'
  | 'maxcdc'
  | 'rabin'
  | 'ram'
  | 'repmax'
  | 'rollsum'
  | 'ronomon'
  | 'seqcdc'
  | 'tttd'
  | 'xet'
  | 'zchunk';

/**
 * Cuts the bytes at addresses `start` … `end` and writes the lengths (u32) to `out`, at most `capacity` of them. Unless
 * `last`, it stops before the first chunk whose end a later byte could change. Returns how many lengths it wrote.
 */
export type CutBlock = (
  start: number,
  end: number,
  last: boolean,
  out: number,
  capacity: number,
) => number;

/** Hashes that are scanned once for many parameter sets: one file each in assembly/. */
export type ScanName =
  | 'scanBuzhash'
  | 'scanGear'
  | 'scanMultiples'
  | 'scanRabin'
  | 'scanRollsum'
  | 'scanRonomon';

/**
 * Writes the candidates of the block in hand to `list`, those whose hash has no bit of `mask`, and returns the address after
 * the last. What a hash without a window carries from block to block lies at `state`, u64, zero before the stream.
 */
export type ScanBlock = (mask: bigint, list: number, state: number) => number;

/** Rules by which a parameter set selects cuts from candidates. */
export type SelectName =
  | 'selectBuzhash'
  | 'selectGear'
  | 'selectMultiples'
  | 'selectRabin'
  | 'selectRollsum'
  | 'selectRonomon'
  | 'selectZchunk';

/**
 * Moves the parameter set at address `set` on through the candidates `list` … `listEnd` and writes the lengths (u32) of the
 * chunks that are settled to `out`, at most `capacity`. Returns how many. `fresh` is the first call for these candidates.
 */
export type SelectCuts = (
  set: number,
  fresh: boolean,
  list: number,
  listEnd: number,
  out: number,
  capacity: number,
) => number;

/**
 * The WebAssembly hot loops, one instance per thread. Addresses are bytes in its one memory, which is laid out as
 *
 *     [ … compiler's own | numbers, tables | lengths out | block of the stream → ]
 *
 * and grows at its end only.
 */
export interface KernelExports
  extends Readonly<Record<KernelName, CutBlock>>,
    Readonly<Record<ScanName, ScanBlock>>,
    Readonly<Record<SelectName, SelectCuts>> {
  readonly memory: WebAssembly.Memory;
  loadWide(on: boolean): void;
  /** The bytes at addresses `data` … `end` are those at `position` of a stream of so many bytes. */
  enterBlock(data: number, end: number, position: number, total: number): void;
  xxh128(at: number, bytes: number, out: number): void;
  /** @param before of the bytes before; 0 of none */
  crc32(before: number, at: number, bytes: number): number;
  /** Begins a stream of deflate, of which an instance has one at a time; it lies where else the block does. @param level 1 … 9 */
  deflateBegin(level: number): void;
  /**
   * Compresses; returns the address behind what it wrote to `into`. Unless they are the last, some bytes at the end may be left
   * ({@link deflateLeft}, fewer than 65536): they are to be given again, before the next.
   */
  deflateFeed(at: number, bytes: number, last: boolean, into: number): number;
  deflateLeft(): number;
  restartAnchors(): void;
  findAnchors(start: number, end: number, gap: number, list: number): number;
  digestAtoms(list: number, count: number, atoms: number): void;
  digestChunks(
    list: number,
    count: number,
    atoms: number,
    context: number,
    start: number,
    lengths: number,
    chunks: number,
    out: number,
  ): void;
}

const PAGE = 65536;
/** Numbers and tables of the chunker in use; assembly/layout.ts has the same addresses. */
const NUMBERS = PAGE;
const TABLES = NUMBERS + 128;
const OUT = NUMBERS + PAGE;
/** Lengths that one call may return: more than the chunks of a block at 1 KiB each. */
const CAPACITY = 16384;
const BLOCK = OUT + 4 * CAPACITY;

/** What a kernel cuts by. Compared by identity: make one per chunker and leave it as it is. */
export interface Setting {
  /** At most 16, as the kernel's file lists them; u64. */
  readonly numbers: readonly (number | bigint)[];
  readonly tables: Uint8Array | Uint32Array | BigUint64Array;
}

export class Kernels {
  readonly exports: KernelExports;
  readonly tables: number = TABLES;
  readonly out: number = OUT;
  readonly capacity: number = CAPACITY;
  /** Address of the block. */
  readonly block: number = BLOCK;
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #lengths: Uint32Array = new Uint32Array(0);
  #loaded: Setting | undefined;

  constructor() {
    const module = new WebAssembly.Module(Buffer.from(wasm, 'base64'));
    // A failed compiler assertion would be the only import; the release build has none.
    const instance = new WebAssembly.Instance(module, {});
    this.exports = instance.exports as unknown as KernelExports;
    // Speed only: Deno's V8 checks the bounds of every load in software.
    this.exports.loadWide('Deno' in globalThis);
    this.reserve(0);
  }

  /** Makes room for a block of `bytes` and returns it; a block returned earlier is no longer valid. */
  reserve(bytes: number): Uint8Array<ArrayBuffer> {
    const missing = BLOCK + bytes - this.#bytes.length;
    if (missing > 0) {
      try {
        this.exports.memory.grow(Math.ceil(missing / PAGE));
      } catch (cause) {
        const what = `kernel memory cannot hold a block of ${bytes} bytes`;
        throw new PluginError(what, {}, 'use a smaller chunk size or fewer workers', { cause });
      }
      this.#bytes = new Uint8Array(this.exports.memory.buffer);
      this.#lengths = new Uint32Array(this.exports.memory.buffer, OUT, CAPACITY);
    }
    return this.#bytes.subarray(BLOCK, BLOCK + bytes);
  }

  /** Puts a chunker's numbers and tables in place; free where they lie there already. */
  load(setting: Setting): void {
    if (this.#loaded === setting) return;
    const { numbers, tables } = setting;
    if (8 * numbers.length > TABLES - NUMBERS || tables.byteLength > OUT - TABLES) {
      throw new RangeError(`${numbers.length} numbers, ${tables.byteLength} bytes of tables`);
    }
    const view = this.view(NUMBERS, TABLES - NUMBERS);
    for (const [index, number] of numbers.entries())
      view.setBigUint64(8 * index, BigInt(number), true);
    const { buffer, byteOffset, byteLength } = tables;
    this.#bytes.set(new Uint8Array(buffer, byteOffset, byteLength), TABLES);
    this.#loaded = setting;
  }

  /** Memory at an address, to write records into; valid until the block grows. */
  view(address: number, bytes: number): DataView {
    return new DataView(this.exports.memory.buffer, address, bytes);
  }

  /** The first `count` lengths that a kernel wrote; valid until the next call. */
  lengths(count: number): Uint32Array {
    return this.#lengths.subarray(0, count);
  }
}

let instance: Kernels | undefined;

/** The kernels of this thread. */
export function kernels(): Kernels {
  instance ??= new Kernels();
  return instance;
}
