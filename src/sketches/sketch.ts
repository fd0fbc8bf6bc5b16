import type { Division } from '../accounting/divide.ts';
import { DIGEST_BYTES } from '../accounting/window.ts';
import { type Interval, poissonInterval } from '../stats/mod.ts';

/**
 * A sample of the distinct chunks of images that decides by content alone who is in it: a chunk of `length` bytes is where its
 * digest, read as a number from 0 to 1, is below length ÷ threshold. So every image and every machine samples the same
 * contents, and samples of parts are the sample of the whole. A longer chunk is more likely, in the same measure as it counts:
 * each sampled chunk below the threshold stands for `threshold` bytes, each above it, which is always sampled, for itself.
 */

/** Chunks of an image that are in the sample. */
export interface ImageSample {
  readonly id: string;
  /** Of the image: sha256 over its diff ids. */
  readonly digest: string;
  /** Exact: bytes serialised, and chunks of them. */
  readonly streamBytes: number;
  readonly chunks: number;
  /** Distinct digests, hexadecimal, in order, and the length of each: bytes. */
  readonly sampled: readonly (readonly [digest: string, length: number])[];
}

/** An estimate with its 95 % interval: bytes. */
export interface Estimated extends Interval {
  readonly value: number;
}

/** The sample of one image. @param threshold bytes */
export function sampleOf(
  { lengths, digests }: Division,
  threshold: number,
): Pick<ImageSample, 'streamBytes' | 'chunks' | 'sampled'> {
  const sampled = new Map<string, number>();
  const bytes = Buffer.from(digests.buffer, digests.byteOffset, digests.length);
  let streamBytes = 0;
  for (const [chunk, length] of lengths.entries()) {
    streamBytes += length;
    const at = DIGEST_BYTES * chunk;
    // The last 48 bits: partitions of traces go by the first ones.
    if (!isSampled(bytes.readUIntBE(at + DIGEST_BYTES - 6, 6), length, threshold)) continue;
    sampled.set(bytes.toString('hex', at, at + DIGEST_BYTES), length);
  }
  const ordered = [...sampled].sort(([a], [b]) => (a < b ? -1 : 1));
  return { streamBytes, chunks: lengths.length, sampled: ordered };
}

/** The same sample by a higher threshold: what it would have been. */
export function thinned(sample: ImageSample, threshold: number): ImageSample {
  const sampled = sample.sampled.filter(([digest, length]) =>
    isSampled(Number.parseInt(digest.slice(-12), 16), length, threshold),
  );
  return { ...sample, sampled };
}

/** @param last the last 48 bits of the digest */
function isSampled(last: number, length: number, threshold: number): boolean {
  return last * threshold < length * 2 ** 48;
}

/** Bytes of distinct chunks, from those of them that are sampled. */
export function bytesOf(lengths: Iterable<number>, threshold: number): Estimated {
  let [certain, count] = [0, 0];
  for (const length of lengths) {
    if (length >= threshold) certain += length;
    else count++;
  }
  // By a threshold of one byte everything is sampled, and nothing is estimated.
  if (threshold === 1) return { value: certain, low: certain, high: certain };
  const { low, high } = poissonInterval(count);
  return {
    value: certain + threshold * count,
    low: certain + threshold * low,
    high: certain + threshold * high,
  };
}

/** What each image of a series brings, in its order. */
export interface Growth {
  readonly id: string;
  readonly newBytes: Estimated;
  /** Of all images so far. */
  readonly uniqueBytes: Estimated;
}

export function* growthOf(samples: Iterable<ImageSample>, threshold: number): Generator<Growth> {
  const seen = new Map<string, number>();
  for (const { id, sampled } of samples) {
    const fresh: number[] = [];
    for (const [digest, length] of sampled) {
      if (seen.has(digest)) continue;
      seen.set(digest, length);
      fresh.push(length);
    }
    yield {
      id,
      newBytes: bytesOf(fresh, threshold),
      uniqueBytes: bytesOf(seen.values(), threshold),
    };
  }
}

/** What two images share: bytes of distinct chunks that both have. */
export function sharedOf(one: ImageSample, other: ImageSample, threshold: number): Estimated {
  const known = new Set(one.sampled.map(([digest]) => digest));
  const shared = other.sampled.filter(([digest]) => known.has(digest));
  return bytesOf(
    shared.map(([, length]) => length),
    threshold,
  );
}
