import type { Held } from '../fetchers/fetcher.ts';
import { DigestTable } from '../objects/digest-table.ts';
import { blobsOf, type Inventory } from '../packers/inventory.ts';

/** What a client that pulled some images holds, and what a registry that got them keeps. */
export class Holdings implements Held {
  readonly blobs: Set<string> = new Set();
  readonly objects: DigestTable = new DigestTable();

  /** What a client that pulled one image holds. */
  static of(inventory: Inventory): Holdings {
    const holdings = new Holdings();
    holdings.pull(inventory);
    return holdings;
  }

  pull(inventory: Inventory): void {
    for (const { digest } of blobsOf(inventory)) this.blobs.add(digest);
    const { count, digests } = inventory.objects;
    for (let number = 0; number < count; number++) this.objects.add(digests, 32 * number);
  }
}
