import type { Held, Transfer } from '../fetchers/fetcher.ts';
import { type Link, networkMs } from '../links/mod.ts';
import type { Model } from '../models/model.ts';
import { DigestTable } from '../objects/digest-table.ts';
import { blobsOf, type ChunkStatistics, type Inventory } from '../packers/inventory.ts';
import { PackStore } from '../packers/pack-store.ts';
import { divide, type Maybe } from '../stats/mod.ts';

/** One value before it becomes a record: the recorder adds method, dataset, unit. */
export interface Measurement {
  readonly image: string;
  readonly client: string;
  readonly link?: string;
  readonly workers?: number;
  readonly measure: string;
  readonly value: number | string;
  readonly n?: number;
  readonly low?: number;
  readonly high?: number;
}

/** What a client that pulled some images holds. */
export class Holdings implements Held {
  readonly blobs: Set<string> = new Set();
  readonly objects: DigestTable = new DigestTable();

  pull(inventory: Inventory): void {
    for (const { digest } of blobsOf(inventory)) this.blobs.add(digest);
    const { count, digests } = inventory.objects;
    for (let number = 0; number < count; number++) this.objects.add(digests, 32 * number);
  }
}

/**
 * The books of one model over a series: images are added in order; each answers with its records. Everything here is a
 * sum of integers or a quotient of two such sums, so any machine computes the same bytes.
 */
export class SeriesAccount {
  readonly #model: Model;
  readonly #links: readonly Link[];
  readonly #packs = new PackStore();
  readonly #all = new Holdings();
  #previous: Holdings = new Holdings();
  #images = 0;
  #streamBytes = 0;
  #uniqueBytes = 0;
  #storedContent = 0;
  #storedMetadata = 0;
  #storedBlobs = 0;
  #storedDeltas = 0;
  #cumulativeBytes = 0;
  /** Cumulative bytes after each image, for break-even. */
  readonly cumulative: number[] = [];

  constructor(model: Model, links: readonly Link[]) {
    this.#model = model;
    this.#links = links;
  }

  add(packed: Inventory): readonly Measurement[] {
    const inventory = this.#packs.add(packed);
    const records = [
      ...this.#transfers(inventory),
      ...this.#dedup(inventory),
      ...this.#stored(inventory),
      ...deltaMeasures(inventory),
      ...chunkMeasures(inventory),
    ];
    this.#previous = new Holdings();
    this.#previous.pull(inventory);
    this.#all.pull(inventory);
    this.#images++;
    return records.map((record) => ({ image: inventory.image, ...record }));
  }

  #dedup({ streamBytes, objects, rounds }: Inventory): readonly Partial[] {
    let newBytes = 0;
    let newObjects = 0;
    for (let number = 0; number < objects.count; number++) {
      if (this.#all.objects.find(objects.digests, 32 * number) >= 0) continue;
      if (number < (rounds?.metadataFrom ?? objects.count)) newBytes += objects.lengths[number]!;
      newObjects++;
    }
    this.#streamBytes += streamBytes;
    this.#uniqueBytes += newBytes;
    return [
      plain('dedup.stream_bytes', streamBytes),
      plain('dedup.new_bytes', newBytes),
      plain('dedup.unique_bytes', this.#uniqueBytes),
      ...quotient('dedup.ratio', divide(this.#streamBytes, this.#uniqueBytes)),
      plain('dedup.objects', this.#all.objects.count + newObjects),
    ];
  }

  #stored(inventory: Inventory): readonly Partial[] {
    const { objects, placement } = inventory;
    this.#storedMetadata += inventory.manifestBytes;
    this.#storedBlobs++;
    const fresh = new Set<string>();
    for (const [number, blob] of blobsOf(inventory).entries()) {
      if (this.#all.blobs.has(blob.digest) || fresh.has(blob.digest)) continue;
      fresh.add(blob.digest);
      this.#storedBlobs++;
      const index =
        blob.role === 'content' ? (placement?.indexLengths[number - 1] ?? 0) : blob.size;
      this.#storedMetadata += index;
      this.#storedContent += blob.size - index;
    }
    if (inventory.loose) {
      for (const [number, size] of objects.stored.entries()) {
        if (this.#all.objects.find(objects.digests, 32 * number) >= 0) continue;
        if (number < (inventory.rounds?.metadataFrom ?? objects.count)) this.#storedContent += size;
        else this.#storedMetadata += size;
        this.#storedBlobs++;
      }
    }
    for (const { size, manifestBytes } of inventory.deltas ?? []) {
      this.#storedContent += size;
      this.#storedMetadata += manifestBytes;
      this.#storedDeltas += size + manifestBytes;
      this.#storedBlobs += 2;
    }
    return [
      plain('stored.bytes', this.#storedContent + this.#storedMetadata),
      plain('stored.content_bytes', this.#storedContent),
      plain('stored.metadata_bytes', this.#storedMetadata),
      ...(inventory.deltas ? [plain('stored.delta_bytes', this.#storedDeltas)] : []),
      plain('stored.blobs', this.#storedBlobs),
    ];
  }

  #transfers(inventory: Inventory): readonly Partial[] {
    const clients: readonly (readonly [string, Held])[] = [
      ['none', new Holdings()],
      ...(this.#images > 0
        ? [['previous', this.#previous] as const, ['all-previous', this.#all] as const]
        : []),
    ];
    const records: Partial[] = [];
    for (const [client, held] of clients) {
      const transfer = this.#model.transfer(inventory, held);
      for (const [measure, value] of transferMeasures(transfer)) {
        records.push({ client, measure, value });
      }
      for (const link of this.#links) {
        const value = round(networkMs(transfer, link));
        records.push({ client, link: link.name, measure: 'transfer.network_ms', value });
      }
      // The last client is the one that follows the series: it holds nothing before the first image.
      if (client !== clients.at(-1)![0]) continue;
      this.#cumulativeBytes += transfer.contentBytes + transfer.metadataBytes;
      this.cumulative.push(this.#cumulativeBytes);
      records.push({
        client: 'all-previous',
        measure: 'transfer.cumulative_bytes',
        value: this.#cumulativeBytes,
      });
    }
    return records;
  }
}

type Partial = Omit<Measurement, 'image'>;

function plain(measure: string, value: number): Partial {
  return { client: '-', measure, value };
}

/** No record where there is nothing to divide by. */
function quotient(measure: string, value: Maybe): readonly Partial[] {
  return value === undefined ? [] : [plain(measure, round(value))];
}

export function transferMeasures(transfer: Transfer): readonly (readonly [string, number])[] {
  return [
    ['transfer.bytes', transfer.contentBytes + transfer.metadataBytes],
    ['transfer.content_bytes', transfer.contentBytes],
    ['transfer.metadata_bytes', transfer.metadataBytes],
    ['transfer.requests', transfer.requests],
    ['transfer.rounds', transfer.rounds],
  ];
}

/** Of the delta from the image before; the first of a series has none. */
function deltaMeasures({ deltas = [] }: Inventory): readonly Partial[] {
  const [nearest] = deltas;
  if (!nearest) return [];
  return [
    plain('delta.bytes', nearest.size),
    { ...plain('delta.generate_ms', round(nearest.generateMs)), n: 1 },
    { ...plain('delta.apply_ms', round(nearest.applyMs)), n: 1 },
  ];
}

function chunkMeasures({ chunks, digest }: Inventory): readonly Partial[] {
  return [
    ...chunkFacts(chunks).map(([measure, value]) => plain(measure, value)),
    { client: '-', measure: 'reproducibility.digest', value: digest },
  ];
}

/** Number and lengths of chunks; where there are none, they have no length. */
export function chunkFacts(chunks: ChunkStatistics): readonly (readonly [string, number])[] {
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
    ...lengths.flatMap(([measure, value]) =>
      value === undefined ? [] : [[measure, value] as const],
    ),
  ];
}

/** Quotients are kept to six decimals: finer digits carry no meaning and lengthen every line. */
export function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
