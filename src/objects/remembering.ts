import { Rope } from '../streams/rope.ts';
import { readAll } from '../streams/source.ts';
import type { Executor } from './executor.ts';
import { distinctObjects } from './objects.ts';
import { startsOf } from './work.ts';

/** Compressed bytes that are kept: of an image and its variants, which have most in common. */
const MOST_BYTES = 256 << 20;

/**
 * An executor that compresses no content twice, for many variants of one image. What it gives is what `inner` gives: a codec
 * without a dictionary depends on the content alone. Times of packing are left out: 0.
 *
 * @param mostBytes compressed bytes that are remembered; what comes after them is compressed again
 */
export function createRemembering(inner: Executor, mostBytes: number = MOST_BYTES): Executor {
  const known = new Map<string, Uint8Array>();
  let bytes = 0;
  return {
    ...inner,
    async pack(source, lengths, codec) {
      const ranges = { lengths, offsets: startsOf(lengths) };
      const distinct = distinctObjects(lengths, await inner.digest(source, ranges));
      const { objects } = distinct;
      const names = Array.from({ length: objects.count }, (_, number) => {
        const digest = objects.digests.subarray(32 * number, 32 * number + 32);
        return `${codec} ${Buffer.from(digest).toString('base64')}`;
      });
      const missing = names.flatMap((name, number) => (known.has(name) ? [] : [number]));
      const made = await inner.compress(source, rangesOf(objects, missing), codec);
      const places = startsOf(made.lengths);
      const rank = new Map(missing.map((number, index) => [number, index]));
      const all = new Rope();
      const stored = new Float64Array(objects.count);
      for (const [number, name] of names.entries()) {
        const index = rank.get(number);
        if (index === undefined) {
          const piece = known.get(name)!;
          stored[number] = piece.length;
          all.literal(piece);
          continue;
        }
        const [place, length] = [places[index]!, made.lengths[index]!];
        stored[number] = length;
        all.append(made.bytes, place, length);
        if (bytes + length > mostBytes) continue;
        known.set(name, readAll(new Rope().append(made.bytes, place, length)));
        bytes += length;
      }
      return { ...distinct, stored: { bytes: all, lengths: stored }, times: { hashMs: 0, codecMs: 0, writeMs: 0 } };
    },
  };
}

function rangesOf(
  { lengths, offsets }: { readonly lengths: Float64Array; readonly offsets: Float64Array },
  numbers: readonly number[],
): { readonly lengths: Float64Array; readonly offsets: Float64Array } {
  return {
    lengths: Float64Array.from(numbers, (number) => lengths[number]!),
    offsets: Float64Array.from(numbers, (number) => offsets[number]!),
  };
}
