import type { Found } from '../accounting/mod.ts';
import type { ChunkStatistics } from '../packers/inventory.ts';
import { divide } from '../stats/mod.ts';
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
    const ratio = divide(this.#streamBytes, this.#uniqueBytes);
    return factsOf(image, [
      ...own,
      ['dedup.new_bytes', newBytes],
      ['dedup.unique_bytes', this.#uniqueBytes],
      ...(ratio === undefined ? [] : [['dedup.ratio', round(ratio)] as const]),
      ['dedup.objects', this.#objects],
    ]);
  }
}

/** Number and lengths of chunks; where there are none, they have no length. */
function chunkFacts(chunks: ChunkStatistics): readonly Fact[] {
  const { count, mean, p5, p50, p95, shareAtLongest } = chunks;
  const lengths = [
    ['chunks.mean', mean === undefined ? undefined : round(mean)],
    ['chunks.p5', p5],
    ['chunks.p50', p50],
    ['chunks.p95', p95],
    ['chunks.at_longest_share', shareAtLongest === undefined ? undefined : round(shareAtLongest)],
  ] as const;
  return [
    ['chunks.count', count],
    ...lengths.flatMap(([measure, value]): readonly Fact[] =>
      value === undefined ? [] : [[measure, value]],
    ),
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
