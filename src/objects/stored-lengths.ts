import { limits } from '../limits.ts';
import { type ByteSource, checkRange } from '../streams/source.ts';
import { DigestTable } from './digest-table.ts';
import type { ObjectTable } from './objects.ts';
import { createPass } from './pass.ts';
import { type Pieces, type Ranges, startsOf, takeRuns } from './work.ts';

/** Bytes of an entry: its digest twice over (a table is at most half full), its slots, its length. */
const ENTRY_BYTES = 88;

/**
 * Stored lengths of contents by one codec, by their digest: whatever cut them and whichever image has them, no content is
 * compressed twice. Of a codec without a dictionary, whose pieces depend on the content alone.
 */
export class StoredLengths {
  readonly #codec: string;
  readonly #most: number;
  #table = new DigestTable();
  #lengths: number[] = [];

  /** @param most memory: bytes; once they are used up, all is forgotten and learnt anew */
  constructor(codec: string, most: number = limits.rememberedBytes) {
    this.#codec = codec;
    this.#most = Math.floor(most / ENTRY_BYTES);
  }

  /** Length of each object as it is stored: bytes. @param source that the objects lie in */
  async of(source: ByteSource, objects: ObjectTable): Promise<Float64Array> {
    const found = new Float64Array(objects.count);
    const missing: number[] = [];
    for (let number = 0; number < objects.count; number++) {
      const known = this.#table.find(objects.digests, 32 * number);
      if (known < 0) missing.push(number);
      else found[number] = this.#lengths[known]!;
    }
    const made = await measureStored(source, chosen(objects, missing), this.#codec);
    if (this.#table.count + missing.length > this.#most) {
      this.#table = new DigestTable();
      this.#lengths = [];
    }
    for (const [place, number] of missing.entries()) {
      found[number] = made[place]!;
      if (this.#table.count >= this.#most) continue;
      this.#lengths[this.#table.add(objects.digests, 32 * number)] = made[place]!;
    }
    return found;
  }
}

/** Compresses every range, and keeps nothing but the lengths: bytes. */
export async function measureStored(
  source: ByteSource,
  ranges: Ranges,
  codec: string,
): Promise<Float64Array> {
  const pass = createPass(ranges, 1, { operation: 'measure', codec });
  await takeRuns(source, pass, 0, undefined);
  return pass.madeLengths.slice();
}

/**
 * Pieces of these lengths that stand for the compressed objects, for packers that lay pieces out and never look into them.
 * They have no bytes; blobs of them are named by the digests of their contents, hence alike where the real ones are.
 *
 * @param lengths of the objects as stored: bytes
 */
export function standIns({ digests }: ObjectTable, lengths: Float64Array): Pieces {
  return { bytes: new StandInSource(digests, lengths), lengths };
}

class StandInSource implements ByteSource {
  readonly isStandIn = true;
  readonly length: number;
  readonly #digests: Uint8Array;
  readonly #starts: Float64Array;

  constructor(digests: Uint8Array, lengths: Float64Array) {
    this.#digests = digests;
    this.#starts = startsOf(lengths);
    const last = lengths.length - 1;
    this.length = last < 0 ? 0 : this.#starts[last]! + lengths[last]!;
  }

  read(): void {
    throw new Error('a packer reads stored bytes that nobody made: mark it with readsStored');
  }

  /** The digests of all contents that the range touches, and which part of them it is. */
  summary(offset: number, length: number): Uint8Array {
    checkRange(this, offset, length);
    const first = this.#find(offset);
    const last = length === 0 ? first : this.#find(offset + length - 1);
    const start = this.#starts[first] ?? 0;
    return new Uint8Array(
      Buffer.concat([
        this.#digests.subarray(32 * first, 32 * (last + 1)),
        Buffer.from(`${offset - start} ${length}`),
      ]),
    );
  }

  /** The last object that starts at or before an offset. */
  #find(offset: number): number {
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Some of the ranges. */
export function chosen({ lengths, offsets }: Ranges, numbers: readonly number[]): Ranges {
  return {
    lengths: Float64Array.from(numbers, (number) => lengths[number]!),
    offsets: Float64Array.from(numbers, (number) => offsets[number]!),
  };
}
