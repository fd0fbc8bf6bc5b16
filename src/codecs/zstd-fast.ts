import { type CompressFrame, sampleBytes } from './zstd-native.ts';

/** Longer pieces are left to the engine that says when memory is used up: bytes. */
export const LONGEST_FAST: number = 4 << 20;

/** What npm @hpcc-js/wasm-zstd calls: libzstd 1.5.7 as well, by a newer compiler. Pointers and sizes in bytes. */
interface Calls {
  malloc(size: number): number;
  free(pointer: number): void;
  compressBound(size: number): number;
  /** As ZSTD_compress. */
  compress(into: number, capacity: number, from: number, size: number, level: number): number;
  isError(result: number): boolean;
}

interface Inside {
  readonly _mainModule?: {
    heapView?(range: { readonly ptr: number; readonly size: number }): Uint8Array;
  };
  readonly _zstdClass?: Partial<Calls>;
}

/** As {@link CompressFrame}; undefined of a piece that it refuses. */
export type FastFrame = (bytes: Uint8Array, level: number) => Uint8Array | undefined;

/**
 * libzstd as a module that takes long to load and is faster from then on. The package's own functions make new memory for each
 * piece; what they call is no public part of it: undefined where it is not there, or gives other bytes than `reference`.
 */
export async function loadFastZstd(
  level: number,
  reference: CompressFrame,
): Promise<FastFrame | undefined> {
  const { Zstd } = await import('@hpcc-js/wasm-zstd');
  const fast = fastFrame((await Zstd.load()) as unknown as Inside);
  const sample = sampleBytes();
  const made = fast?.(sample, level);
  return made && Buffer.compare(made, reference(sample)) === 0 ? fast : undefined;
}

function fastFrame({ _mainModule: module, _zstdClass: calls }: Inside): FastFrame | undefined {
  if (!isWhole(calls) || typeof module?.heapView !== 'function') return undefined;
  let memory: Uint8Array = new Uint8Array(0);
  let [room, from, into, capacity] = [0, 0, 0, 0];
  /** Memory that grew is another one. */
  const view = (): Uint8Array => {
    if (memory.length === 0) memory = new Uint8Array(module.heapView!({ ptr: 0, size: 1 }).buffer);
    return memory;
  };
  const reserve = (bytes: number): void => {
    if (bytes <= room) return;
    for (const pointer of [from, into]) if (pointer !== 0) calls.free(pointer);
    room = Math.max(1 << 16, 2 * bytes);
    capacity = calls.compressBound(room);
    from = calls.malloc(room);
    into = calls.malloc(capacity);
    if (from === 0 || into === 0) room = 0;
  };
  return (bytes, level) => {
    reserve(bytes.length);
    if (room < bytes.length || room === 0) return undefined;
    view().set(bytes, from);
    const length = calls.compress(into, capacity, from, bytes.length, level);
    return calls.isError(length) ? undefined : view().slice(into, into + length);
  };
}

function isWhole(calls: Partial<Calls> | undefined): calls is Calls {
  const names = ['malloc', 'free', 'compressBound', 'compress', 'isError'] as const;
  return calls !== undefined && names.every((name) => typeof calls[name] === 'function');
}
