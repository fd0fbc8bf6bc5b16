import { type Held, type Range, type Request, transferOf, wholeBlob } from '../fetchers/fetcher.ts';
import { createFetcher, type FetcherMember } from '../fetchers/mod.ts';
import { partsOf, rangeRequests } from '../fetchers/range-requests.ts';
import type { Resolved } from '../ids.ts';
import type { SquashfsLayout } from '../models/external/file-systems/squashfs-reader.ts';
import type { Model } from '../models/model.ts';
import { DigestTable } from '../objects/digest-table.ts';
import { type BlobFacts, blobsOf, type Inventory } from '../packers/inventory.ts';
import type { AccessCost, AccessOptions } from './cost.ts';
import type { Generations } from './directory-walk.ts';

/** The whole image, as the model transfers it. */
export function planWhole(
  model: Model,
  inventory: Inventory,
  { configuration = false }: AccessOptions,
): AccessCost {
  const blobs = new Set(configuration ? [] : [inventory.config.digest]);
  return costOf(model.transfer(inventory, { blobs, objects: new DigestTable(1) }).plan);
}

/** Every blob in whole: its digest says that it is what the manifest lists. */
export function planBlobs(
  { config, layers, digest, manifestBytes }: Inventory,
  { configuration = false }: AccessOptions,
): AccessCost {
  return costOf([
    [{ kind: 'manifest', digest: `sha256:${digest}`, role: 'metadata', bytes: manifestBytes }],
    (configuration ? [config, ...layers] : layers).map(wholeBlob),
  ]);
}

/**
 * The manifest, what indexes the format has, then generation by generation the objects. The fetcher is told that the client
 * holds all others, so that requests and gaps between ranges are its own.
 */
export function planParts(
  fetcher: Resolved<FetcherMember>,
  inventory: Inventory,
  generations: Generations,
  { configuration = false }: AccessOptions,
): AccessCost {
  const { rounds } = createFetcher(fetcher);
  const ask = (held: Held): readonly (readonly Request[])[] =>
    rounds(inventory, held, fetcher.values);
  const chunkBlobs = blobsOfObjects(inventory);
  const [indexes = [], ...more] = ask({
    blobs: new Set(chunkBlobs.map(({ digest }) => digest)),
    objects: allBut(inventory, new Set()),
  });
  const { config, manifestBytes, digest } = inventory;
  const known = blobsOf(inventory).map((blob) => blob.digest);
  return costOf([
    [{ kind: 'manifest', digest: `sha256:${digest}`, role: 'metadata', bytes: manifestBytes }],
    configuration ? [wholeBlob(config), ...indexes] : indexes,
    ...more,
    ...generations.flatMap((objects) => {
      const wanted = new Set([...objects].map((object) => chunkBlobs[object]?.digest));
      const blobs = new Set(known.filter((blob) => !wanted.has(blob)));
      return ask({ blobs, objects: allBut(inventory, objects) });
    }),
  ]);
}

/**
 * The manifest, the superblock, all tables in one request, then blocks; those that touch are one request. What a client
 * does that mounts the image by blocks as it needs them takes fewer bytes of tables and more requests.
 *
 * @param blocks of contents, in any order, repeated ones included
 */
export function planFileSystem(
  { layers, config, digest, manifestBytes }: Inventory,
  { superBytes, tables }: Pick<SquashfsLayout, 'superBytes' | 'tables'>,
  blocks: readonly Range[],
  { configuration = false }: AccessOptions,
): AccessCost {
  const layer = layers[0]!;
  const superblock = partsOf(layer, 'metadata', [{ offset: 0, length: superBytes }]);
  const distinct = new Map(blocks.map((block) => [block.offset, block]));
  const sorted = [...distinct.values()].filter(({ length }) => length > 0);
  sorted.sort((a, b) => a.offset - b.offset);
  return costOf([
    [{ kind: 'manifest', digest: `sha256:${digest}`, role: 'metadata', bytes: manifestBytes }],
    configuration ? [wholeBlob(config), superblock] : [superblock],
    [partsOf(layer, 'metadata', [tables])],
    rangeRequests(layer, sorted, { gap: 0, ranges: 1 }),
  ]);
}

function costOf(plan: readonly (readonly Request[])[]): AccessCost {
  const { contentBytes, metadataBytes, requests, rounds, plan: filled } = transferOf(plan);
  return { bytes: contentBytes + metadataBytes, requests, roundTrips: rounds, plan: filled };
}

/** Where every object is a blob that the manifest lists: those, by number; else none. */
function blobsOfObjects({
  placement,
  loose,
  layers,
  layerIndexes,
}: Inventory): readonly BlobFacts[] {
  if (placement || loose || layerIndexes) return [];
  return layers.filter(({ role }) => role === 'content');
}

function allBut({ objects }: Inventory, wanted: ReadonlySet<number>): DigestTable {
  const table = new DigestTable(objects.count);
  for (let number = 0; number < objects.count; number++) {
    if (!wanted.has(number)) table.add(objects.digests, 32 * number);
  }
  return table;
}
