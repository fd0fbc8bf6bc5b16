import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InputError } from '../errors.ts';
import { type CompressFrame, LEAST_FOR_NATIVE, nativeZstd } from './zstd-native.ts';

/** What npm @bokuweb/zstd-wasm exports of libzstd 1.5.7. Pointers and sizes in bytes. */
interface ZstdModule {
  readonly HEAPU8: Uint8Array;
  _malloc(size: number): number;
  _free(pointer: number): void;
  _ZSTD_isError(result: number): number;
  _ZSTD_compressBound(size: number): number;
  _ZSTD_createCCtx(): number;
  _ZSTD_createDCtx(): number;
  _ZSTD_compress_usingDict(context: number, ...rest: readonly number[]): number;
  _ZSTD_decompress_usingDict(context: number, ...rest: readonly number[]): number;
}

const MEMORY_ALLOCATION = -64;
const WINDOW_TOO_LARGE = -16;

/** One-shot calls of libzstd. Results are copies. */
export class ZstdEngine {
  readonly #module: ZstdModule;
  // Contexts are kept: making one costs more than a small piece does.
  readonly #compression: number;
  readonly #decompression: number;
  readonly #native: CompressFrame | undefined;

  constructor(module: ZstdModule) {
    this.#module = module;
    this.#compression = module._ZSTD_createCCtx();
    this.#decompression = module._ZSTD_createDCtx();
    this.#native = nativeZstd((bytes, level) => this.compressPortably(bytes, level));
  }

  /** One frame with content size and without checksum, as ZSTD_compress writes it. */
  compress(bytes: Uint8Array, level: number): Uint8Array {
    return this.#native && bytes.length >= LEAST_FOR_NATIVE
      ? this.#native(bytes, level)
      : this.compressPortably(bytes, level);
  }

  /** As {@link compress}, by WebAssembly whatever the runtime has. */
  compressPortably(bytes: Uint8Array, level: number): Uint8Array {
    const module = this.#module;
    return this.#call(bytes, module._ZSTD_compressBound(bytes.length), (into, size, from) =>
      module._ZSTD_compress_usingDict(
        this.#compression,
        into,
        size,
        from,
        bytes.length,
        0,
        0,
        level,
      ),
    );
  }

  /** @param capacity the most that the frame may decompress to, bytes. Throws an Error where it is damaged or larger. */
  decompress(bytes: Uint8Array, capacity: number): Uint8Array {
    const module = this.#module;
    return this.#call(bytes, capacity, (into, size, from) =>
      module._ZSTD_decompress_usingDict(this.#decompression, into, size, from, bytes.length, 0, 0),
    );
  }

  /** The package's own functions do not look at what malloc returns, and write to address 0 when memory is used up. */
  #call(
    bytes: Uint8Array,
    capacity: number,
    work: (into: number, capacity: number, from: number) => number,
  ): Uint8Array {
    const module = this.#module;
    const from = module._malloc(bytes.length || 1);
    const into = module._malloc(capacity || 1);
    try {
      if (from === 0 || into === 0) throw outOfMemory(bytes.length + capacity);
      module.HEAPU8.set(bytes, from);
      const result = work(into, capacity, from);
      if (result === MEMORY_ALLOCATION) throw outOfMemory(bytes.length + capacity);
      if (result === WINDOW_TOO_LARGE) {
        const remedy = 'compress it again without --long=31';
        throw new InputError('zstd with a window of more than 1 GiB', {}, remedy);
      }
      if (module._ZSTD_isError(result)) throw new Error(`libzstd says error ${-result}`);
      return module.HEAPU8.slice(into, into + result);
    } finally {
      if (from !== 0) module._free(from);
      if (into !== 0) module._free(into);
    }
  }
}

function outOfMemory(bytes: number): InputError {
  return new InputError(
    `zstd needs ${bytes} bytes and its tables at once, more than WebAssembly memory has left`,
    {},
    'use smaller pieces (a chunker) or a lower level',
  );
}

let engine: Promise<ZstdEngine> | undefined;

/**
 * The thread's one engine. The package must be initialised once and never again: a second call swaps the memory under
 * every context that exists, without an error.
 */
export function zstdEngine(): Promise<ZstdEngine> {
  engine ??= load();
  return engine;
}

async function load(): Promise<ZstdEngine> {
  const require = createRequire(import.meta.url);
  const main = require.resolve('@bokuweb/zstd-wasm');
  await (require(main) as { init(): Promise<void> }).init();
  // The module itself is no public export of the package, only the functions that do not check.
  const { Module } = require(join(dirname(main), 'module.js')) as { Module: ZstdModule };
  return new ZstdEngine(Module);
}
