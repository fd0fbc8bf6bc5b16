import { divideImage, type Threads } from '../accounting/shares.ts';
import type { Dataset } from '../datasets/mod.ts';
import { fetchImage } from '../datasets/mod.ts';
import type { FetchContext } from '../datasets/provider.ts';
import { METHOD } from '../method.ts';
import type { Progress } from '../progress.ts';
import { type ImageSample, sampleOf } from './sketch.ts';
import { SKETCH_VERSION, type Sketch } from './sketch-file.ts';

/** What is sampled. */
export interface SketchPlan {
  readonly dataset: Dataset;
  /** Ids in series order. */
  readonly images: readonly string[];
  /** Canonical ids. */
  readonly chunkers: readonly string[];
  /** Canonical id of what makes the streams. */
  readonly serialiser: string;
  /** Bytes: see sketch.ts. */
  readonly threshold: number;
}

/** Samples images one by one: no more than one is cut at a time, and only samples stay. */
export async function takeSketch(
  { dataset, images, chunkers, serialiser, threshold }: SketchPlan,
  threads: Threads,
  context: FetchContext,
  progress: Progress,
): Promise<Sketch> {
  progress.start(images.length);
  const samples = chunkers.map((): ImageSample[] => []);
  for (const id of images) {
    const image = await fetchImage(dataset, id, context);
    const [divisions] = await divideImage(threads, image, [{ serialiser, chunkers }]);
    for (const [number, division] of divisions!.entries()) {
      samples[number]!.push({ id, digest: image.digest, ...sampleOf(division, threshold) });
    }
    context.signal?.throwIfAborted();
    progress.step(id);
  }
  return {
    version: SKETCH_VERSION,
    method: METHOD,
    serialiser,
    threshold,
    chunkers: chunkers.map((id, number) => ({ id, images: samples[number]! })),
  };
}
