import type { Values } from '../ids.ts';
import type { DigestTable } from '../objects/digest-table.ts';
import type { BlobFacts, Inventory } from '../packers/inventory.ts';

/** What a client already holds from images it pulled earlier. */
export interface Held {
  /** Digests of whole blobs, `sha256:…`. */
  readonly blobs: ReadonlySet<string>;
  /** Digests of objects' contents. */
  readonly objects: DigestTable;
}

/** What brings a client from what it holds to the image it wants. Bodies only: headers are part of a link's request cost. */
export interface Transfer {
  readonly contentBytes: number;
  /** Manifest, configuration, index, metadata root. */
  readonly metadataBytes: number;
  readonly requests: number;
  /** Generations of requests that must wait for the one before. */
  readonly rounds: number;
}

/** Adds up what is asked for in one round; a round without a request is none. */
export interface Round {
  readonly contentBytes: number;
  readonly metadataBytes: number;
  readonly requests: number;
}

export interface Fetcher {
  /** Rounds after the manifest and the configuration; those two are the same for every format. */
  rounds(inventory: Inventory, held: Held, values: Values): readonly Round[];
}

/** The manifest is always asked for, the configuration unless it is held; layers or index ride in the same round as it. */
export function planTransfer(
  fetcher: Fetcher,
  inventory: Inventory,
  held: Held,
  values: Values,
): Transfer {
  const manifest = { contentBytes: 0, metadataBytes: inventory.manifestBytes, requests: 1 };
  const hasConfig = held.blobs.has(inventory.config.digest);
  const config = {
    contentBytes: 0,
    metadataBytes: hasConfig ? 0 : inventory.config.size,
    requests: hasConfig ? 0 : 1,
  };
  const [first, ...rest] = fetcher.rounds(inventory, held, values);
  const rounds = [manifest, first ? add(config, first) : config, ...rest];
  const total = rounds.reduce(add);
  return { ...total, rounds: rounds.filter((round) => round.requests > 0).length };
}

/** The layers a client does not hold, each blob once, with their numbers. */
export function lackedLayers(
  { layers }: Inventory,
  { blobs }: Held,
): readonly (BlobFacts & { readonly number: number })[] {
  const seen = new Set(blobs);
  return layers
    .map((layer, number) => ({ ...layer, number }))
    .filter(({ digest }) => !seen.has(digest) && seen.add(digest));
}

export function wholeBlob({ role, size }: BlobFacts): Round {
  return {
    contentBytes: role === 'content' ? size : 0,
    metadataBytes: role === 'metadata' ? size : 0,
    requests: 1,
  };
}

export const nothing: Round = { contentBytes: 0, metadataBytes: 0, requests: 0 };

export function add(a: Round, b: Round): Round {
  return {
    contentBytes: a.contentBytes + b.contentBytes,
    metadataBytes: a.metadataBytes + b.metadataBytes,
    requests: a.requests + b.requests,
  };
}
