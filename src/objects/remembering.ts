import { Rope } from '../streams/rope.ts';
import { type ByteSource, MemorySource, readRange } from '../streams/source.ts';
import { type Executor, NO_TIMES } from './executor.ts';
import { distinctObjects } from './objects.ts';
import { chosen } from './stored-lengths.ts';
import { type Ranges, startsOf } from './work.ts';

/** Compressed bytes that are kept: of an image and its variants, which have most in common. */
const MOST_BYTES = 256 << 20;
/** Chunks of more pieces are named by their digest alone. */
const MOST_PIECES = 1000;

/**
 * An executor for many variants of one image: what lies in the same places of the same sources is digested once, and no content
 * is compressed twice. What it gives is what `inner` gives, since a codec without a dictionary depends on the content alone. Times
 * of packing are left out: 0.
 *
 * @param mostBytes compressed bytes that are remembered; what comes after them is compressed again
 */
export function createRemembering(inner: Executor, mostBytes: number = MOST_BYTES): Executor {
  const digests = new Map<string, Uint8Array>();
  const known = new Map<string, MemorySource>();
  let bytes = 0;

  const digest = async (source: ByteSource, ranges: Ranges): Promise<Uint8Array> => {
    if (!(source instanceof Rope)) return inner.digest(source, ranges);
    const found = new Uint8Array(32 * ranges.lengths.length);
    const names: (string | undefined)[] = [];
    const missing: number[] = [];
    for (const [number, length] of ranges.lengths.entries()) {
      const name = source.composition(ranges.offsets[number]!, length, MOST_PIECES);
      const own = name === undefined ? undefined : digests.get(name);
      if (own) found.set(own, 32 * number);
      else missing.push(number);
      names.push(name);
    }
    const made = await inner.digest(source, chosen(ranges, missing));
    for (const [place, number] of missing.entries()) {
      const own = made.slice(32 * place, 32 * place + 32);
      found.set(own, 32 * number);
      const name = names[number];
      if (name !== undefined) digests.set(name, own);
    }
    return found;
  };

  return {
    ...inner,
    digest,
    async pack(source, lengths, codec) {
      const ranges = { lengths, offsets: startsOf(lengths) };
      const distinct = distinctObjects(lengths, await digest(source, ranges));
      const { objects } = distinct;
      const names = Array.from({ length: objects.count }, (_, number) => {
        const own = objects.digests.subarray(32 * number, 32 * number + 32);
        return `${codec} ${Buffer.from(own).toString('base64')}`;
      });
      const missing = names.flatMap((name, number) => (known.has(name) ? [] : [number]));
      const made = await inner.compress(source, chosen(objects, missing), codec);
      const places = startsOf(made.lengths);
      const rank = new Map(missing.map((number, place) => [number, place]));
      const all = new Rope();
      const stored = new Float64Array(objects.count);
      for (const [number, name] of names.entries()) {
        const place = rank.get(number);
        if (place === undefined) {
          const piece = known.get(name)!;
          stored[number] = piece.length;
          all.slice(piece, 0, piece.length);
          continue;
        }
        const [start, length] = [places[place]!, made.lengths[place]!];
        stored[number] = length;
        all.append(made.bytes, start, length);
        if (bytes + length > mostBytes) continue;
        known.set(name, new MemorySource(readRange(made.bytes, start, length)));
        bytes += length;
      }
      return { ...distinct, stored: { bytes: all, lengths: stored }, times: NO_TIMES };
    },
  };
}
