import type { Zstd } from '@hpcc-js/wasm-zstd';

/** A block holds at most this much content (RFC 8878 §3.1.1.2): bytes. */
export const BLOCK: number = 128 << 10;

/** What npm @hpcc-js/wasm-zstd calls for each result; it goes through an array of numbers, at 3 MB/s. */
interface Heap {
  heapView(range: { readonly ptr: number; readonly size: number }): Uint8Array;
  heapToUint8Array(range: { readonly ptr: number; readonly size: number }): Uint8Array;
}

let engine: Promise<Zstd> | undefined;
let turn: Promise<void> = Promise.resolve();

/** The thread's one engine of streams, which holds the state of one stream: the next waits until it is freed. */
export async function takeStreamEngine(): Promise<{
  readonly zstd: Zstd;
  readonly free: () => void;
}> {
  let free: () => void = () => {};
  const before = turn;
  turn = new Promise((resolve) => {
    free = resolve;
  });
  await before;
  engine ??= load();
  try {
    const zstd = await engine;
    zstd.reset();
    return { zstd, free };
  } catch (error) {
    free();
    throw error;
  }
}

async function load(): Promise<Zstd> {
  const module = await import('@hpcc-js/wasm-zstd');
  const zstd = await module.Zstd.load();
  const heap = (zstd as unknown as { readonly _mainModule: Heap })._mainModule;
  heap.heapToUint8Array = (range) => heap.heapView(range).slice();
  return zstd;
}

/**
 * The content of a part of a frame: its header, or one block. Block by block, since the decoder drops what does not fit into
 * the room that it is given.
 *
 * @throws Error where it is damaged
 */
export function decodePart(zstd: Zstd, part: Uint8Array): Uint8Array {
  const content = zstd.decompressChunk(part, BLOCK);
  // It answers an error by a length that no block has.
  if (content.length > BLOCK) throw new Error('libzstd refuses a block');
  return content;
}
