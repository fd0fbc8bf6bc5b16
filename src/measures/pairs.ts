import type { Held, Transfer } from '../fetchers/fetcher.ts';
import type { Link } from '../links/mod.ts';
import type { Model } from '../models/model.ts';
import type { Inventory } from '../packers/inventory.ts';
import { divide, type Maybe } from '../stats/mod.ts';
import { type Client, clientWith } from './clients.ts';
import type { Contents } from './contents.ts';
import { Holdings } from './holdings.ts';
import { type Fact, type Measurement, round } from './measurement.ts';
import { bytesOf, transferOfClient } from './transfer.ts';

/** Clients that hold one image which need not come before in the series: exact, from inventories alone. */

/**
 * Bytes and requests from each image of a dataset to each other one, and what two images share; shared bytes are the same
 * either way, so they are recorded once, at the later image.
 *
 * @param inventories of one model, in series order
 */
export function pairMeasures(
  model: Model,
  inventories: readonly Inventory[],
): readonly Measurement[] {
  const held = inventories.map(Holdings.of);
  return inventories.flatMap((wanted, to) =>
    inventories.flatMap(({ image }, from) => {
      if (from === to) return [];
      const transfer = model.transfer(wanted, held[from]!);
      const facts: Fact[] = [
        ['transfer.bytes', bytesOf(transfer)],
        ['transfer.requests', transfer.requests],
      ];
      if (from < to) facts.push(...sharedObjects(wanted, inventories[from]!, held[from]!));
      return facts.map(([measure, value]) => ({
        image: wanted.image,
        client: clientWith(image),
        measure,
        value,
      }));
    }),
  );
}

function sharedObjects(wanted: Inventory, other: Inventory, held: Held): readonly Fact[] {
  let [shared, own] = [0, 0];
  for (const [number, length] of contentLengths(wanted).entries()) {
    own += length;
    if (held.objects.find(wanted.objects.digests, 32 * number) >= 0) shared += length;
  }
  const others = contentLengths(other).reduce((sum, length) => sum + length, 0);
  const share = shareOf(shared, own + others);
  return [
    ['dedup.shared_bytes', shared],
    ...(share === undefined ? [] : [['dedup.shared_share', share] as const]),
  ];
}

/** Without the objects of a divided metadata root, which come last. */
function contentLengths({ objects, rounds }: Inventory): Float64Array {
  return objects.lengths.subarray(0, rounds?.metadataFrom);
}

/** Weighted Jaccard index: bytes in both ÷ bytes in either; undefined where neither has any. */
export function shareOf(shared: number, sum: number): Maybe {
  const share = divide(shared, sum - shared);
  return share === undefined ? undefined : round(share);
}

/** Clients with one image that the series does not name: the base of all, and the nearest of another distribution. */
export class OneImageClients {
  readonly #model: Model;
  readonly #links: readonly Link[];
  readonly #base: Inventory;
  readonly #baseHeld: Held;

  /** @param base of the same model: see `baseOf` */
  constructor(model: Model, links: readonly Link[], base: Inventory) {
    this.#model = model;
    this.#links = links;
    this.#base = base;
    this.#baseHeld = Holdings.of(base);
  }

  /** Nothing for the image that is the base itself. */
  withBase(wanted: Inventory): readonly Measurement[] {
    if (wanted.digest === this.#base.digest) return [];
    return this.#record(wanted.image, 'base', this.#model.transfer(wanted, this.#baseHeld));
  }

  /**
   * The client holds the image of another distribution that spares it most, so that no holding of one could do better.
   * Nothing where the dataset has none, or an image does not say what it is.
   */
  withOtherDistribution(
    wanted: Inventory,
    inventories: readonly Inventory[],
    contents: ReadonlyMap<string, Pick<Contents, 'distribution'>>,
  ): readonly Measurement[] {
    const distribution = contents.get(wanted.image)?.distribution;
    let best: Transfer | undefined;
    for (const other of inventories) {
      const others = contents.get(other.image)?.distribution;
      if (distribution === undefined || others === undefined || others === distribution) continue;
      // A transfer lists its requests: one at a time is kept beside the best.
      const transfer = this.#model.transfer(wanted, Holdings.of(other));
      if (!best || bytesOf(transfer) < bytesOf(best)) best = transfer;
    }
    return best ? this.#record(wanted.image, 'other-distribution', best) : [];
  }

  #record(image: string, client: Client, transfer: Transfer): readonly Measurement[] {
    return transferOfClient(image, client, transfer, this.#links);
  }
}
