import * as zlib from 'node:zlib';
import type { Zstd } from '@hpcc-js/wasm-zstd';
import { VerificationError } from '../errors.ts';
import { type ByteSource, readRange } from '../streams/source.ts';
import type { StepCodec } from './codec.ts';
import { hasNativeZstd, type NativeZlib, sampleBytes } from './zstd-native.ts';

/**
 * zstd 1.5.7 of what is too long for one call: one frame without content size, flushed after every MiB, so that memory does
 * not grow with the content. libzstd gives these bytes wherever it runs; one call, which sees all of the content, gives
 * others.
 */
const STEP = 1 << 20;

/** A block holds at most this much content (RFC 8878 §3.1.1.2): bytes. */
const BLOCK = 128 << 10;
const MAGIC = 0xfd2fb528;
/** Magic number, descriptor and window of a frame without content size, dictionary and checksum: bytes. */
const FRAME_HEADER = 6;
const BLOCK_HEADER = 3;
const RLE = 1;

export function streamZstd(level: number): StepCodec {
  return {
    async *compress(content) {
      const make = (await isNativeEqual(level)) ? compressNatively : compressPortably;
      yield* make(level, inSteps(content));
    },
    decompress: decompressBlocks,
  };
}

const equalLevels = new Map<number, Promise<boolean>>();

/** True where the runtime's own libzstd gives the bytes that WebAssembly gives. */
function isNativeEqual(level: number): Promise<boolean> {
  if (!equalLevels.has(level)) equalLevels.set(level, compareNative(level));
  return equalLevels.get(level)!;
}

async function compareNative(level: number): Promise<boolean> {
  if (!hasNativeZstd()) return false;
  const made: Uint8Array[] = [];
  for (const make of [compressNatively, compressPortably]) {
    const parts: Uint8Array[] = [];
    // Twice, so that the second finds all of it behind a flush.
    for await (const part of make(level, [sampleBytes(), sampleBytes()])) parts.push(part);
    made.push(Buffer.concat(parts));
  }
  return Buffer.compare(made[0]!, made[1]!) === 0;
}

async function* compressNatively(
  level: number,
  steps: Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const { createZstdCompress, constants } = zlib as NativeZlib;
  const stream = createZstdCompress!({ params: { [constants.ZSTD_c_compressionLevel!]: level } });
  const made: Uint8Array[] = [];
  stream.on('data', (part: Uint8Array) => made.push(part));
  const done = (begin: (then: () => void) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      stream.once('error', reject);
      begin(() => {
        stream.off('error', reject);
        resolve();
      });
    });
  try {
    for (const step of steps) {
      stream.write(step);
      await done((then) => stream.flush(constants.ZSTD_e_flush!, then));
      yield* made.splice(0);
    }
    await done((then) => {
      stream.once('end', then);
      stream.end();
    });
    yield* made;
  } finally {
    stream.destroy();
  }
}

async function* compressPortably(
  level: number,
  steps: Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const { zstd, free } = await takeEngine();
  try {
    zstd.setCompressionLevel(level);
    for (const step of steps) yield zstd.compressChunk(step);
    yield zstd.compressEnd();
  } finally {
    free();
  }
}

/** Block by block, since the decoder drops what does not fit into the room that it is given. */
async function* decompressBlocks(stored: ByteSource): AsyncGenerator<Uint8Array> {
  const { zstd, free } = await takeEngine();
  const take = (offset: number, length: number): Uint8Array => {
    if (offset + length > stored.length) throw damaged();
    return readRange(stored, offset, length);
  };
  try {
    const header = take(0, FRAME_HEADER);
    if (new DataView(header.buffer).getUint32(0, true) !== MAGIC || header[4] !== 0) {
      throw damaged();
    }
    zstd.decompressChunk(header, 0);
    let offset = FRAME_HEADER;
    for (let isLast = false; !isLast; ) {
      const [low, middle, high] = take(offset, BLOCK_HEADER) as unknown as [number, number, number];
      const bits = low | (middle << 8) | (high << 16);
      isLast = (bits & 1) === 1;
      const length = BLOCK_HEADER + (((bits >> 1) & 3) === RLE ? 1 : bits >> 3);
      yield decompressBlock(zstd, take(offset, length));
      offset += length;
    }
    if (offset !== stored.length) throw damaged();
  } finally {
    free();
  }
}

function decompressBlock(zstd: Zstd, block: Uint8Array): Uint8Array {
  let content: Uint8Array;
  try {
    content = zstd.decompressChunk(block, BLOCK);
  } catch (cause) {
    throw damaged({ cause });
  }
  // It answers an error by a length that no block has.
  if (content.length > BLOCK) throw damaged();
  return content;
}

function damaged(options?: ErrorOptions): VerificationError {
  return new VerificationError(
    'not the zstd data it should be',
    {},
    'pack the image again',
    options,
  );
}

let engine: Promise<Zstd> | undefined;
let turn: Promise<void> = Promise.resolve();

/** The thread's one engine, which holds the state of one stream: the next waits until it is freed. */
async function takeEngine(): Promise<{ readonly zstd: Zstd; readonly free: () => void }> {
  let free: () => void = () => {};
  const before = turn;
  turn = new Promise((resolve) => {
    free = resolve;
  });
  await before;
  engine ??= import('@hpcc-js/wasm-zstd').then((module) => module.Zstd.load());
  try {
    const zstd = await engine;
    zstd.reset();
    return { zstd, free };
  } catch (error) {
    free();
    throw error;
  }
}

/** The same bytes in pieces of {@link STEP}, the last one shorter. */
function* inSteps(content: Iterable<Uint8Array>): Generator<Uint8Array> {
  let step = new Uint8Array(STEP);
  let length = 0;
  for (const part of content) {
    for (let from = 0; from < part.length; ) {
      const taken = part.subarray(from, from + STEP - length);
      step.set(taken, length);
      from += taken.length;
      length += taken.length;
      if (length < STEP) continue;
      yield step;
      step = new Uint8Array(STEP);
      length = 0;
    }
  }
  if (length > 0) yield step.subarray(0, length);
}
