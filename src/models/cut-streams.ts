import type { Chunker } from '../chunkers/chunker.ts';
import type { Image } from '../images/image.ts';
import type { Executor } from '../objects/executor.ts';
import { type Distinct, distinctObjects } from '../objects/objects.ts';
import { startsOf } from '../objects/work.ts';
import type { Serialised, Serialiser } from '../serialisers/serialiser.ts';
import { Rope } from '../streams/rope.ts';
import type { Clock } from './model.ts';

/** An image as a chain cuts it, before anything is stored. */
export interface CutStreams {
  readonly serialised: Serialised;
  /** The streams end to end. */
  readonly all: Rope;
  /** Lengths of the chunks of each stream: bytes. */
  readonly cuts: readonly Float64Array[];
  /** Of all streams: bytes. */
  readonly chunkLengths: Float64Array;
}

export async function cutStreams(
  image: Image,
  serialiser: Serialiser,
  chunker: Chunker,
  executor: Executor,
  clock: Clock,
): Promise<CutStreams> {
  const serialised = await clock.time('serialise', () => serialiser.serialise(image));
  const all = new Rope();
  for (const stream of serialised.streams) all.append(stream.bytes);

  const cuts = await clock.time('chunk', async () => {
    const lengths: Float64Array[] = [];
    let start = 0;
    for (const { bytes, isUncut } of serialised.streams) {
      const own = isUncut
        ? Float64Array.of(bytes.length)
        : await executor.cut(all, start, bytes.length, chunker);
      // An empty stream is still stored: as one empty object.
      lengths.push(own.length > 0 ? own : new Float64Array(1));
      start += bytes.length;
    }
    return lengths;
  });
  const chunkLengths = Float64Array.from(cuts.flatMap((lengths) => Array.from(lengths)));
  return { serialised, all, cuts, chunkLengths };
}

/** The distinct objects of an image, for what must know all before it stores one. */
export function findObjects(
  { all, chunkLengths }: CutStreams,
  executor: Executor,
  clock: Clock,
): Promise<Distinct> {
  return clock.time('hash', async () => {
    const ranges = { lengths: chunkLengths, offsets: startsOf(chunkLengths) };
    return distinctObjects(chunkLengths, await executor.digest(all, ranges));
  });
}
