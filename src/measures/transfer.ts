import type { Held, Transfer } from '../fetchers/fetcher.ts';
import { type Link, networkMs } from '../links/mod.ts';
import type { Model } from '../models/model.ts';
import { Holdings } from './holdings.ts';
import { type Fact, type Measurement, round } from './measurement.ts';
import type { Part, Step } from './step.ts';

/** Requests and bytes of the clients that follow a series, and their modelled times. */
export class TransferPart implements Part {
  readonly #model: Pick<Model, 'transfer'>;
  readonly #links: readonly Link[];
  #cumulativeBytes = 0;
  /** Bytes that a client which follows the series has pulled after each image. */
  readonly cumulative: number[] = [];

  constructor(model: Pick<Model, 'transfer'>, links: readonly Link[]) {
    this.#model = model;
    this.#links = links;
  }

  add({ image, placed, previous, before, isFirst }: Step): readonly Measurement[] {
    if (!placed) return [];
    const of = (client: string, held: Held): Transfer => {
      const transfer = this.#model.transfer(placed, held);
      records.push(...transferOfClient(image, client, transfer, this.#links));
      return transfer;
    };
    const records: Measurement[] = [];
    const cold = of('none', new Holdings());
    if (previous) of('previous', previous);
    if (!before) return records;
    this.#cumulativeBytes += bytesOf(isFirst ? cold : of('all-previous', before));
    this.cumulative.push(this.#cumulativeBytes);
    const value = this.#cumulativeBytes;
    return [
      ...records,
      { image, client: 'all-previous', measure: 'transfer.cumulative_bytes', value },
    ];
  }
}

/** Bytes, requests and rounds of one transfer, and its time over each link. */
export function transferOfClient(
  image: string,
  client: string,
  transfer: Transfer,
  links: readonly Link[],
): readonly Measurement[] {
  const facts: readonly Fact[] = [
    ['transfer.bytes', bytesOf(transfer)],
    ['transfer.content_bytes', transfer.contentBytes],
    ['transfer.metadata_bytes', transfer.metadataBytes],
    ['transfer.requests', transfer.requests],
    ['transfer.rounds', transfer.rounds],
  ];
  return [
    ...facts.map(([measure, value]) => ({ image, client, measure, value })),
    ...links.map((link) => ({
      image,
      client,
      link: link.name,
      measure: 'transfer.network_ms' as const,
      value: round(networkMs(transfer, link)),
    })),
  ];
}

/** Content and metadata. */
export function bytesOf({ contentBytes, metadataBytes }: Transfer): number {
  return contentBytes + metadataBytes;
}
