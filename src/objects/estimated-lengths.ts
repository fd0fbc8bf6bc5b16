import { seeded } from '../stats/mod.ts';
import type { ByteSource } from '../streams/source.ts';
import { DigestTable } from './digest-table.ts';
import type { ObjectTable } from './objects.ts';
import { chosen, measureStored } from './stored-lengths.ts';

/** An image, cut. */
export interface Surveyed {
  /** That the objects lie in. */
  readonly source: ByteSource;
  readonly objects: ObjectTable;
}

/** Sampled contents that the ratio of a stratum is taken from, at least. */
const LEAST_SAMPLED = 24;
/** A content longer than this part of what is new in its image is compressed in any case. */
const LONG = 1 / 256;

/** Contents that are new in one image, of about the same length, whose stored length is told by that of some of them. */
interface Stratum {
  /** Stored ÷ content, of the sampled ones. */
  readonly ratio: number;
  /** Standard error of that. */
  readonly error: number;
  /** Standard deviation of a stored length about ratio × length, divided by the length. */
  readonly deviation: number;
}

/**
 * Stored lengths of the objects of a series of which few are compressed: those whose digest falls in one class of 1/2^k, the
 * same contents whatever cuts them, and the longest. The others have the ratio of those of their stratum: contents new in the
 * same image, of like length. METHODS.md, "Estimates".
 */
export class EstimatedLengths {
  readonly #table = new DigestTable();
  /** By number in the table: the stored length, or −1 − the number of the stratum. */
  readonly #known: number[] = [];
  readonly #strata: Stratum[] = [];
  readonly #mask: number;

  /** @param power k, 0 to 8; of 0 nothing is estimated */
  static async of(
    images: readonly Surveyed[],
    codec: string,
    power: number,
  ): Promise<EstimatedLengths> {
    const estimated = new EstimatedLengths(power);
    for (const image of images) await estimated.#survey(image, codec);
    return estimated;
  }

  private constructor(power: number) {
    this.#mask = 2 ** power - 1;
  }

  /**
   * Lengths of objects of the surveyed images, as stored: bytes.
   * @param draw 0 for the estimate; others are drawn from where the true lengths may lie, each number always alike
   */
  lengths(objects: ObjectTable, draw = 0): Float64Array {
    const ratios = this.#strata.map(({ ratio, error }, number) =>
      draw === 0 ? ratio : ratio + error * deviate(seeded(draw * SPREAD + number)),
    );
    return Float64Array.from(objects.lengths, (length, number) => {
      const place = this.#table.find(objects.digests, 32 * number);
      const known = this.#known[place]!;
      if (known >= 0) return known;
      const stratum = -1 - known;
      const mean = length * ratios[stratum]!;
      if (draw === 0) return Math.max(1, Math.round(mean));
      const random = seeded(draw * SPREAD + wordOf(objects.digests, 32 * number));
      const own = this.#strata[stratum]!.deviation * length * deviate(random);
      return Math.max(1, Math.round(mean + own));
    });
  }

  async #survey({ source, objects }: Surveyed, codec: string): Promise<void> {
    const fresh: number[] = [];
    let bytes = 0;
    for (let number = 0; number < objects.count; number++) {
      const before = this.#table.count;
      if (this.#table.add(objects.digests, 32 * number) < before) continue;
      fresh.push(number);
      bytes += objects.lengths[number]!;
    }
    const lengthOf = (number: number): number => objects.lengths[number]!;
    const isSampled = (number: number): boolean =>
      (objects.digests[32 * number + 31]! & this.#mask) === 0;
    const isLong = (number: number): boolean => lengthOf(number) > LONG * bytes;
    const strata = divideByLength(
      fresh.filter((number) => !isLong(number)),
      lengthOf,
      isSampled,
    );
    const inStrata = new Set(strata.flat());
    const compressed = fresh.filter((number) => !inStrata.has(number) || isSampled(number));
    const made = await measureStored(source, chosen(objects, compressed), codec);
    const stored = new Map(compressed.map((number, place) => [number, made[place]!]));
    const stratumOf = new Map<number, number>();
    for (const members of strata) {
      const sampled = members.filter(isSampled);
      const own = stratumFrom(
        sampled.map(lengthOf),
        sampled.map((number) => stored.get(number)!),
      );
      for (const number of members) stratumOf.set(number, this.#strata.length);
      this.#strata.push(own);
    }
    for (const number of fresh) {
      const place = this.#table.find(objects.digests, 32 * number);
      this.#known[place] = stored.get(number) ?? -1 - stratumOf.get(number)!;
    }
  }
}

/** Classes of powers of two, neighbours together until each has enough that are sampled; none where all have not. */
function divideByLength(
  numbers: readonly number[],
  lengthOf: (number: number) => number,
  isSampled: (number: number) => boolean,
): readonly (readonly number[])[] {
  const sorted = numbers.toSorted((one, other) => lengthOf(one) - lengthOf(other));
  const strata: number[][] = [];
  let members: number[] = [];
  let sampled = 0;
  let limit = 1;
  for (const number of sorted) {
    if (lengthOf(number) >= limit) {
      while (lengthOf(number) >= limit) limit *= 2;
      if (sampled >= LEAST_SAMPLED) {
        strata.push(members);
        members = [];
        sampled = 0;
      }
    }
    members.push(number);
    if (isSampled(number)) sampled++;
  }
  const last = strata.at(-1);
  if (sampled >= LEAST_SAMPLED) strata.push(members);
  else for (const number of members) last?.push(number);
  return strata;
}

/** Ratio estimator (Cochran, Sampling Techniques, 6.4); a deviation grows with the length. */
function stratumFrom(lengths: readonly number[], stored: readonly number[]): Stratum {
  const count = lengths.length;
  const bytes = lengths.reduce((sum, length) => sum + length, 0);
  const ratio = stored.reduce((sum, length) => sum + length, 0) / bytes;
  const squares = stored.reduce(
    (sum, length, index) => sum + (length - ratio * lengths[index]!) ** 2,
    0,
  );
  const ofLengths = lengths.reduce((sum, length) => sum + length * length, 0);
  // The deviation is not known either: of few, the t distribution is so much wider.
  const wider = (count / (count - 1)) * ((count - 1) / (count - 3));
  return {
    ratio,
    error: Math.sqrt(wider * squares) / bytes,
    deviation: Math.sqrt((wider * squares) / ofLengths),
  };
}

/** Keeps draws from using each other's numbers. */
const SPREAD = 0x9e3779b1;

/** Mean 0, variance 1, nearly normal: sums of many are what they would be of normal ones. Without logarithms, which differ between runtimes. */
function deviate(random: () => number): number {
  return (random() + random() + random() + random() - 2) * Math.sqrt(3);
}

function wordOf(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + offset, 4).getUint32(0, true);
}
