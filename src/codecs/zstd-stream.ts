import * as zlib from 'node:zlib';
import type { StepCodec } from './codec.ts';
import { decompressStored } from './read.ts';
import { hasNativeZstd, type NativeZlib, sampleBytes } from './zstd-native.ts';
import { takeStreamEngine } from './zstd-stream-engine.ts';

/**
 * zstd 1.5.7 of what is too long for one call: one frame without content size, flushed after every MiB, so that memory does
 * not grow with the content. libzstd gives these bytes wherever it runs; one call, which sees all of the content, gives
 * others.
 */
const STEP = 1 << 20;

export function streamZstd(level: number): StepCodec {
  return {
    async *compress(content) {
      const make = (await isNativeEqual(level)) ? compressNatively : compressPortably;
      yield* make(level, inSteps(content));
    },
    decompress: (stored) => decompressStored(stored, 'zstd'),
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
  const { zstd, free } = await takeStreamEngine();
  try {
    zstd.setCompressionLevel(level);
    for (const step of steps) yield zstd.compressChunk(step);
    yield zstd.compressEnd();
  } finally {
    free();
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
