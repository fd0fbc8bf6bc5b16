import { Buffer } from 'node:buffer';
import { PluginError } from '../errors.ts';
import { wasm } from './kernels.wasm.ts';

/**
 * The WebAssembly hot loops, one instance per thread. Addresses are bytes in its one memory, which is laid out as
 *
 *     [ … compiler's own | tables | lengths out | block of the stream → ]
 *
 * and grows at its end only.
 */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  fastcdc(
    start: number,
    end: number,
    last: boolean,
    out: number,
    capacity: number,
    min: number,
    avg: number,
    max: number,
    maskSmall: bigint,
    maskLarge: bigint,
  ): number;
  rabin(
    start: number,
    end: number,
    last: boolean,
    out: number,
    capacity: number,
    min: number,
    max: number,
    mask: bigint,
  ): number;
  restartScan(): void;
  scanGear(
    at: number,
    end: number,
    position: number,
    mask: bigint,
    list: number,
    capacity: number,
  ): number;
  scannedTo(): number;
  selectGear(
    set: number,
    fresh: boolean,
    data: number,
    position: number,
    scanned: number,
    total: number,
    list: number,
    candidates: number,
    out: number,
    capacity: number,
  ): number;
}

const PAGE = 65536;
/** Tables of the chunker in use, at most {@link TABLES_BYTES}; assembly/layout.ts knows the address too. */
const TABLES = PAGE;
const TABLES_BYTES = PAGE;
const OUT = TABLES + TABLES_BYTES;
/** Lengths that one call may return: more than the chunks of a block at 1 KiB each. */
const CAPACITY = 16384;
const BLOCK = OUT + 4 * CAPACITY;

export class Kernels {
  readonly exports: KernelExports;
  readonly tables: number = TABLES;
  readonly out: number = OUT;
  readonly capacity: number = CAPACITY;
  /** Address of the block. */
  readonly block: number = BLOCK;
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #lengths: Uint32Array = new Uint32Array(0);
  #loaded: Uint8Array | undefined;

  constructor() {
    const module = new WebAssembly.Module(Buffer.from(wasm, 'base64'));
    // A failed compiler assertion would be the only import; the release build has none.
    const instance = new WebAssembly.Instance(module, {});
    this.exports = instance.exports as unknown as KernelExports;
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

  /** Puts a chunker's tables in place; free where they lie there already (compared by identity). */
  load(tables: Uint8Array): void {
    if (this.#loaded === tables) return;
    if (tables.length > TABLES_BYTES) throw new RangeError(`${tables.length} bytes of tables`);
    this.#bytes.set(tables, TABLES);
    this.#loaded = tables;
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
