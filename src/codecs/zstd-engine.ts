import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InputError } from '../errors.ts';
import { type FastFrame, LONGEST_FAST, loadFastZstd } from './zstd-fast.ts';
import { type CompressFrame, nativeZstd } from './zstd-native.ts';

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

/** Destination, source and dictionary: pointer and size of each. */
type Buffers = readonly [number, number, number, number, number, number];

const NONE = new Uint8Array(0);
const MEMORY_ALLOCATION = -64;
const WINDOW_TOO_LARGE = -16;

/** One-shot calls of libzstd. Results are copies. */
export class ZstdEngine {
  readonly #module: ZstdModule;
  // Contexts are kept: making one costs more than a small piece does.
  readonly #compression: number;
  readonly #decompression: number;
  /** By level, as they are asked for: what compares a level takes the memory of that level, which is never given back. */
  readonly #native = new Map<number, CompressFrame | undefined>();
  #fast: FastFrame | undefined;
  #isPrepared = false;

  constructor(module: ZstdModule) {
    this.#module = module;
    this.#compression = module._ZSTD_createCCtx();
    this.#decompression = module._ZSTD_createDCtx();
  }

  /** One frame with content size and without checksum, as ZSTD_compress writes it. @param dictionary raw content */
  compress(bytes: Uint8Array, level: number, dictionary: Uint8Array = NONE): Uint8Array {
    if (bytes.length === 0 || dictionary.length > 0) {
      return this.compressPortably(bytes, level, dictionary);
    }
    const native = this.#nativeAt(level);
    if (native) return native(bytes);
    const made = bytes.length <= LONGEST_FAST ? this.#fast?.(bytes, level) : undefined;
    return made ?? this.compressPortably(bytes, level);
  }

  /** Gets ready to compress much: what is faster from then on takes long to load. */
  async prepare(level: number): Promise<void> {
    if (this.#nativeAt(level) || this.#isPrepared) return;
    this.#isPrepared = true;
    const portable: CompressFrame = (bytes) => this.compressPortably(bytes, level);
    this.#fast = await loadFastZstd(level, portable).catch(() => undefined);
  }

  #nativeAt(level: number): CompressFrame | undefined {
    if (!this.#native.has(level)) {
      const portable: CompressFrame = (bytes) => this.compressPortably(bytes, level);
      this.#native.set(level, nativeZstd(level, portable));
    }
    return this.#native.get(level);
  }

  /** As {@link compress}, by WebAssembly whatever the runtime has. */
  compressPortably(bytes: Uint8Array, level: number, dictionary: Uint8Array = NONE): Uint8Array {
    const module = this.#module;
    const context = this.#compression;
    const capacity = module._ZSTD_compressBound(bytes.length);
    return this.#call(bytes, capacity, dictionary, (...buffers) =>
      module._ZSTD_compress_usingDict(context, ...buffers, level),
    );
  }

  /** @param capacity the most that the frame may decompress to, bytes. Throws an Error where it is damaged or larger. */
  decompress(bytes: Uint8Array, capacity: number, dictionary: Uint8Array = NONE): Uint8Array {
    const module = this.#module;
    return this.#call(bytes, capacity, dictionary, (...buffers) =>
      module._ZSTD_decompress_usingDict(this.#decompression, ...buffers),
    );
  }

  /** The package's own functions do not look at what malloc returns, and write to address 0 when memory is used up. */
  #call(
    bytes: Uint8Array,
    capacity: number,
    dictionary: Uint8Array,
    work: (...buffers: Buffers) => number,
  ): Uint8Array {
    const module = this.#module;
    const needed = bytes.length + capacity + dictionary.length;
    const allocated = [bytes.length, capacity, dictionary.length].map((size) =>
      module._malloc(size || 1),
    );
    const [from, into, prefix] = allocated as [number, number, number];
    try {
      if (allocated.includes(0)) throw outOfMemory(needed);
      module.HEAPU8.set(bytes, from);
      module.HEAPU8.set(dictionary, prefix);
      const result = work(into, capacity, from, bytes.length, prefix, dictionary.length);
      if (result === MEMORY_ALLOCATION) throw outOfMemory(needed);
      if (result === WINDOW_TOO_LARGE) {
        const remedy = 'compress it again without --long=31';
        throw new InputError('zstd with a window of more than 1 GiB', {}, remedy);
      }
      if (module._ZSTD_isError(result)) throw new Error(`libzstd says error ${-result}`);
      return module.HEAPU8.slice(into, into + result);
    } finally {
      for (const pointer of allocated) if (pointer !== 0) module._free(pointer);
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
