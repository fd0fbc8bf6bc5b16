import type { Found } from '../accounting/mod.ts';
import type { ChunkStatistics } from '../packers/inventory.ts';
import { type Fact, factsOf, type Measurement, round } from './measurement.ts';
import type { Part, Step } from './step.ts';

/** Unique bytes and objects of a series so far: the same sums for packed images and for swept ones. */
export class DedupTotals {
  #streamBytes = 0;
  #uniqueBytes = 0;
  #objects = 0;

  add(image: string, { streamBytes, newBytes, newObjects, chunks }: Found): readonly Measurement[] {
    const own: Fact[] = [['dedup.stream_bytes', streamBytes], ...chunkFacts(chunks)];
    if (newBytes === undefined) return factsOf(image, own);
    this.#streamBytes += streamBytes;
    this.#uniqueBytes += newBytes;
    this.#objects += newObjects;
    const ratio = this.#uniqueBytes > 0 ? round(this.#streamBytes / this.#uniqueBytes) : 1;
    return factsOf(image, [
      ...own,
      ['dedup.new_bytes', newBytes],
      ['dedup.unique_bytes', this.#uniqueBytes],
      ['dedup.ratio', ratio],
      ['dedup.objects', this.#objects],
    ]);
  }
}

function chunkFacts(chunks: ChunkStatistics): readonly Fact[] {
  const { shareAtLongest } = chunks;
  return [
    ['chunks.count', chunks.count],
    ['chunks.mean', round(chunks.mean)],
    ['chunks.p5', chunks.p5],
    ['chunks.p50', chunks.p50],
    ['chunks.p95', chunks.p95],
    ...(shareAtLongest === undefined
      ? []
      : [['chunks.at_longest_share', round(shareAtLongest)] as const]),
  ];
}

/** Dedup of packed images: what is new is what the objects of the images before are not. */
export class DedupPart implements Part {
  readonly #totals = new DedupTotals();

  add({ image, own, before }: Step): readonly Measurement[] {
    const { objects, rounds, streamBytes, chunks } = own;
    const content = rounds?.metadataFrom ?? objects.count;
    let [newBytes, newObjects] = [0, 0];
    for (let number = 0; number < objects.count; number++) {
      if (!before || before.objects.find(objects.digests, 32 * number) >= 0) continue;
      if (number < content) newBytes += objects.lengths[number]!;
      newObjects++;
    }
    return [
      ...this.#totals.add(image, {
        streamBytes,
        newBytes: before && newBytes,
        newObjects,
        chunks,
      }),
      ...factsOf(image, [['reproducibility.digest', own.digest]]),
    ];
  }
}
