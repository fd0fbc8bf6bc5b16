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

/** One frame of one byte. */
const PROBE = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 1, (1 << 3) | 1, 0, 0, 0x5a);

/**
 * Decompresses one frame, block by block, since the package drops what does not fit into the room that it is given. It
 * keeps errors to itself, too: they show in content that does not come.
 */
export class FrameDecoder {
  readonly #zstd: Zstd;

  constructor(zstd: Zstd) {
    this.#zstd = zstd;
  }

  begin(header: Uint8Array): void {
    this.#zstd.decompressChunk(header, 0);
  }

  /**
   * @param length of the content where the block states it: bytes
   * @throws Error where it is damaged
   */
  decode(block: Uint8Array, length: number | undefined): Uint8Array {
    const content = this.#zstd.decompressChunk(block, BLOCK);
    const isWhole = length === undefined ? content.length > 0 : content.length === length;
    if (!isWhole) throw new Error('libzstd refuses a block');
    return content;
  }

  /** @throws Error where the frame has not ended as it should: it would take what follows for more of it */
  end(): void {
    if (this.#zstd.decompressChunk(PROBE, BLOCK).length !== 1) {
      throw new Error('libzstd refuses the end of the frame');
    }
  }
}
