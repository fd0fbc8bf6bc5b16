import { blobsOf, type Inventory } from '../packers/inventory.ts';
import { roundUp } from './disk.ts';
import type { Holdings } from './holdings.ts';
import { type Fact, factsOf, type Measurement, round } from './measurement.ts';
import type { Part, Step } from './step.ts';

/** What a registry keeps of the series so far, as bytes and as blocks of its disk. */
export class StoredPart implements Part {
  readonly measure = 'stored.bytes';
  #content = 0;
  #metadata = 0;
  #blobs = 0;
  #deltas = 0;
  #diskBytes = 0;

  add({ image, own, placed, before }: Step): readonly Measurement[] {
    const facts: Fact[] = [['stored.manifest_bytes', own.manifestBytes]];
    if (placed && before) facts.push(...this.#enter(placed, before));
    return factsOf(image, facts);
  }

  #enter(inventory: Inventory, before: Holdings): readonly Fact[] {
    const { placement, deltas = [] } = inventory;
    this.#metadata += inventory.manifestBytes;
    this.#blobs++;
    this.#diskBytes += diskBytes(inventory, before);
    const fresh = new Set<string>();
    for (const [number, blob] of blobsOf(inventory).entries()) {
      if (before.blobs.has(blob.digest) || fresh.has(blob.digest)) continue;
      fresh.add(blob.digest);
      this.#blobs++;
      const index =
        blob.role === 'content' ? (placement?.indexLengths[number - 1] ?? 0) : blob.size;
      this.#metadata += index;
      this.#content += blob.size - index;
    }
    if (inventory.loose) this.#enterObjects(inventory, before);
    for (const { size, manifestBytes } of deltas) {
      this.#content += size;
      this.#metadata += manifestBytes;
      this.#deltas += size + manifestBytes;
      this.#blobs += 2;
    }
    return [
      ['stored.bytes', this.#content + this.#metadata],
      ['stored.content_bytes', this.#content],
      ['stored.metadata_bytes', this.#metadata],
      ...(inventory.deltas ? [['stored.delta_bytes', this.#deltas] as const] : []),
      ['stored.blobs', this.#blobs],
      ['stored.disk_bytes', this.#diskBytes],
    ];
  }

  #enterObjects({ objects, rounds }: Inventory, before: Holdings): void {
    for (const [number, size] of objects.stored.entries()) {
      if (before.objects.find(objects.digests, 32 * number) >= 0) continue;
      if (number < (rounds?.metadataFrom ?? objects.count)) this.#content += size;
      else this.#metadata += size;
      this.#blobs++;
    }
  }
}

/** Blocks that a registry fills anew: every blob, loose object and manifest is a file. */
function diskBytes(inventory: Inventory, before: Holdings): number {
  const { objects } = inventory;
  let bytes = roundUp(inventory.manifestBytes);
  const blobs = new Map(blobsOf(inventory).map(({ digest, size }) => [digest, size]));
  for (const [digest, size] of blobs) if (!before.blobs.has(digest)) bytes += roundUp(size);
  if (!inventory.loose) return bytes;
  for (const [number, size] of objects.stored.entries()) {
    if (before.objects.find(objects.digests, 32 * number) < 0) bytes += roundUp(size);
  }
  return bytes;
}

/** Of the delta from the previous image; the first of a series has none. */
export const deltaPart: Part = {
  measure: 'delta.bytes',
  add({ image, own, previous }) {
    const nearest = previous && own.deltas?.[0];
    if (!nearest) return [];
    const timed = (ms: number): Omit<Measurement, 'measure'> => {
      const value = round(ms);
      return { image, client: '-', value, n: 1, samples: [value] };
    };
    return [
      ...factsOf(image, [['delta.bytes', nearest.size]]),
      { ...timed(nearest.generateMs), measure: 'delta.generate_ms' },
      { ...timed(nearest.applyMs), measure: 'delta.apply_ms' },
    ];
  },
};
