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

/** Part of a blob: bytes. */
export interface Range {
  readonly offset: number;
  readonly length: number;
}

/** One request, as a client would send it. */
export interface Request {
  readonly kind: 'manifest' | 'blob' | 'object';
  /**
   * `sha256:…` of the manifest or blob; of the uncompressed content of an object. A pack of a series, which exists only in
   * the accounts of the series, has the name that PackStore gave it.
   */
  readonly digest: string;
  readonly role: 'content' | 'metadata';
  /** Parts that are asked for, in order of offset; absent for the whole. */
  readonly ranges?: readonly Range[];
  /** What comes back, without headers and without what separates several parts. */
  readonly bytes: number;
}

/** What brings a client from what it holds to the image it wants. Bodies only: headers are part of a link's time. */
export interface Transfer {
  readonly contentBytes: number;
  /** Manifest, configuration, index, metadata root. */
  readonly metadataBytes: number;
  readonly requests: number;
  /** Generations of requests that must wait for the one before. */
  readonly rounds: number;
  /** The requests of each round, in the order they are sent; no round is empty. */
  readonly plan: readonly (readonly Request[])[];
}

export interface Fetcher {
  /** Rounds after the manifest and the configuration; those two are the same for every format. Empty rounds are none. */
  rounds(inventory: Inventory, held: Held, values: Values): readonly (readonly Request[])[];
}

/** The manifest is always asked for, the configuration unless it is held; layers or index ride in the same round as it. */
export function planTransfer(
  fetcher: Fetcher,
  inventory: Inventory,
  held: Held,
  values: Values,
): Transfer {
  const { config } = inventory;
  const [first = [], ...rest] = fetcher.rounds(inventory, held, values);
  return transferOf([
    [
      {
        kind: 'manifest',
        digest: `sha256:${inventory.digest}`,
        role: 'metadata',
        bytes: inventory.manifestBytes,
      },
    ],
    held.blobs.has(config.digest) ? first : [wholeBlob(config), ...first],
    ...rest,
  ]);
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

/** Sums of a plan. */
export function transferOf(rounds: readonly (readonly Request[])[]): Transfer {
  const plan = rounds.filter((requests) => requests.length > 0);
  const sum = { content: 0, metadata: 0 };
  for (const requests of plan) for (const { role, bytes } of requests) sum[role] += bytes;
  return {
    contentBytes: sum.content,
    metadataBytes: sum.metadata,
    requests: plan.reduce((count, requests) => count + requests.length, 0),
    rounds: plan.length,
    plan,
  };
}

export function wholeBlob({ digest, role, size }: BlobFacts): Request {
  return { kind: 'blob', digest, role, bytes: size };
}
