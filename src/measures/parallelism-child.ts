import { createModel } from '../models/mod.ts';
import { inline } from '../objects/executor.ts';
import { memoryStore } from '../packers/store.ts';
import { answer } from '../workers/answer.ts';
import { type ParallelismInput, parallelismOf } from './parallelism.ts';
import { openUndelivered, sampleOf } from './timed-image.ts';

/** The pass of one model that records what its stages take, in a process of its own on one core. */
await answer(async ({ image: descriptor, model: id, links }: ParallelismInput) => {
  const image = openUndelivered(descriptor);
  const model = await createModel(id);
  const warm = await model.pack(sampleOf(image), inline);
  await model.unpack(warm.manifest, memoryStore(warm), inline);
  return parallelismOf(image, model, links);
});
