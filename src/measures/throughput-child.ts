import { join } from 'node:path';
import { removeTree } from '../claims.ts';
import type { Image, ImageDescriptor } from '../images/image.ts';
import { createModel } from '../models/mod.ts';
import type { Clock, Model, Stage } from '../models/model.ts';
import type { Executor } from '../objects/executor.ts';
import type { Packed } from '../packers/packer.ts';
import { memoryStore } from '../packers/store.ts';
import { makeScratch } from '../scratch.ts';
import type { Tree } from '../trees/tree.ts';
import { writeTree } from '../trees/write.ts';
import { answer } from '../workers/answer.ts';
import { withExecutor } from '../workers/pooled.ts';
import { openUndelivered, sampleOf } from './timed-image.ts';

/**
 * One repetition of one throughput cell, in a process of its own: pack into memory, then unpack from there, write the tree
 * into a directory, and verify what was packed.
 */

export interface ThroughputInput {
  readonly image: ImageDescriptor;
  readonly model: string;
  readonly workers: number;
  /** Packs and unpacks, nothing else. */
  readonly isShort?: true;
}

export interface ThroughputSample {
  readonly streamBytes: number;
  readonly objects: number;
  /** Milliseconds. */
  readonly packMs: number;
  readonly unpackMs: number;
  /** Absent of what was not asked for, or cannot be done. */
  readonly verifyMs?: number;
  /** To unpack, and to write the tree into a new directory. */
  readonly writeMs?: number;
  readonly stages: Readonly<Record<Stage, number>>;
}

await answer(async ({ image: descriptor, model: id, workers, isShort }: ThroughputInput) => {
  const image = openUndelivered(descriptor);
  const model = await createModel(id);
  return withExecutor(workers, async (executor) => {
    const work = isShort ? packAndUnpack : allOperations;
    const sample = sampleOf(image);
    for (let round = 0; round < warmUps(workers); round++) await work(model, sample, executor);
    const { packed: _packed, tree: _tree, ...times } = await work(model, image, executor);
    return times;
  });
});

/** Several threads load their code in the first. */
function warmUps(workers: number): number {
  return workers === 1 ? 1 : 2;
}

async function packAndUnpack(
  model: Model,
  image: Image,
  executor: Executor,
): Promise<ThroughputSample & { readonly packed: Packed; readonly tree: Tree }> {
  const { clock, stages } = stopwatch();
  const start = performance.now();
  const packed = await model.pack(image, executor, clock);
  const middle = performance.now();
  const tree = await model.unpack(packed.manifest, memoryStore(packed), executor);
  const end = performance.now();
  return {
    packed,
    tree,
    streamBytes: packed.streamBytes,
    objects: packed.objects.count,
    packMs: middle - start,
    unpackMs: end - middle,
    stages,
  };
}

async function allOperations(
  model: Model,
  image: Image,
  executor: Executor,
): ReturnType<typeof packAndUnpack> {
  const sample = await packAndUnpack(model, image, executor);
  const { packed, tree, unpackMs } = sample;
  const directory = makeScratch();
  try {
    const start = performance.now();
    writeTree(tree, join(directory, 'tree'));
    const written = performance.now();
    await model.verify?.(packed.manifest, memoryStore(packed), executor);
    const verified = performance.now();
    return {
      ...sample,
      writeMs: unpackMs + written - start,
      ...(model.verify ? { verifyMs: verified - written } : {}),
    };
  } finally {
    // Directories of an image may forbid to change them.
    removeTree(directory);
  }
}

function stopwatch(): { readonly clock: Clock; readonly stages: Record<Stage, number> } {
  const stages: Record<Stage, number> = { serialise: 0, chunk: 0, hash: 0, compress: 0, write: 0 };
  const clock: Clock = {
    add(stage, ms) {
      stages[stage] += ms;
    },
    async time(stage, work) {
      const start = performance.now();
      try {
        return await work();
      } finally {
        clock.add(stage, performance.now() - start);
      }
    },
  };
  return { clock, stages };
}
