import type { Image, ImageDescriptor } from '../images/image.ts';
import { createModel } from '../models/mod.ts';
import type { Clock, Model, Stage } from '../models/model.ts';
import type { Executor } from '../objects/executor.ts';
import { memoryStore } from '../packers/store.ts';
import { answer } from '../workers/answer.ts';
import { withExecutor } from '../workers/pooled.ts';
import { openUndelivered, sampleOf } from './timed-image.ts';

/** One repetition of one throughput cell, in a process of its own: pack into memory, then unpack from there. */

export interface ThroughputInput {
  readonly image: ImageDescriptor;
  readonly model: string;
  readonly workers: number;
}

export interface ThroughputSample {
  readonly streamBytes: number;
  readonly objects: number;
  /** Milliseconds. */
  readonly packMs: number;
  readonly unpackMs: number;
  readonly stages: Readonly<Record<Stage, number>>;
}

await answer(async ({ image: descriptor, model: id, workers }: ThroughputInput) => {
  const image = openUndelivered(descriptor);
  const model = await createModel(id);
  return withExecutor(workers, async (executor) => {
    await packAndUnpack(model, sampleOf(image), executor);
    return packAndUnpack(model, image, executor);
  });
});

async function packAndUnpack(
  model: Model,
  image: Image,
  executor: Executor,
): Promise<ThroughputSample> {
  const { clock, stages } = stopwatch();
  const start = performance.now();
  const packed = await model.pack(image, executor, clock);
  const middle = performance.now();
  await model.unpack(packed.manifest, memoryStore(packed), executor);
  const end = performance.now();
  return {
    streamBytes: packed.streamBytes,
    objects: packed.objects.count,
    packMs: middle - start,
    unpackMs: end - middle,
    stages,
  };
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
