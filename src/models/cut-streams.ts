import type { Chunker } from '../chunkers/chunker.ts';
import { concatenate } from '../chunkers/lengths.ts';
import type { Image } from '../images/image.ts';
import type { Executor } from '../objects/executor.ts';
import { type Distinct, distinctObjects } from '../objects/objects.ts';
import { startsOf } from '../objects/work.ts';
import type { Serialised, Serialiser } from '../serialisers/serialiser.ts';
import { Rope } from '../streams/rope.ts';
import type { ByteSource } from '../streams/source.ts';
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
  const { streams } = serialised;
  const all = joined(streams.map(({ bytes }) => bytes));
  const cuts = await clock.time('chunk', async () => {
    const starts = startsOf(Float64Array.from(streams, ({ bytes }) => bytes.length));
    const divided = [...streams.keys()].filter((stream) => !streams[stream]!.isUncut);
    const ranges = {
      offsets: Float64Array.from(divided, (stream) => starts[stream]!),
      lengths: Float64Array.from(divided, (stream) => streams[stream]!.bytes.length),
    };
    const found = (await executor.cutEach(all, ranges, chunker)).values();
    return streams.map(({ bytes, isUncut }) => {
      const own = isUncut ? Float64Array.of(bytes.length) : found.next().value!;
      // An empty stream is still stored: as one empty object.
      return own.length > 0 ? own : new Float64Array(1);
    });
  });
  const chunkLengths = concatenate(cuts);
  return { serialised, all, cuts, chunkLengths };
}

/** A stream that is alone is not copied. */
function joined(streams: readonly ByteSource[]): Rope {
  const [first] = streams;
  if (streams.length === 1 && first instanceof Rope) return first;
  const all = new Rope();
  for (const stream of streams) all.append(stream);
  return all;
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
