import type { Inventory } from '../packers/inventory.ts';
import {
  add,
  type Fetcher,
  type Held,
  lackedLayers,
  nothing,
  type Round,
  wholeBlob,
} from './fetcher.ts';

/**
 * Range requests: the indexes first, be they blobs of their own or tails of others, then the missing objects. Ranges of
 * one blob that lie at most `gap` bytes apart become one (containers/storage merges up to 1 KiB); at most `ranges` of them
 * share a request. Bytes of a gap count as content: they are transferred.
 */
export const range: Fetcher = {
  rounds(inventory, held, values) {
    const { placement } = inventory;
    if (!placement) return [];
    const indexes = lackedLayers(inventory, held)
      .map((layer) => {
        if (layer.role === 'metadata') return wholeBlob(layer);
        const length = placement.indexLengths[layer.number]!;
        return { contentBytes: 0, metadataBytes: length, requests: length > 0 ? 1 : 0 };
      })
      .reduce(add, nothing);

    const missing = missingByLayer(inventory, held);
    const content = [...missing.values()]
      .map((ranges) => rangesOf(ranges, Number(values['gap']), Number(values['ranges'])))
      .reduce(add, nothing);
    return [indexes, content];
  },
};

interface Extent {
  readonly offset: number;
  readonly length: number;
}

/** Layer → what of it the client lacks, in the order of the layer. */
function missingByLayer(
  { placement, objects }: Inventory,
  held: Held,
): ReadonlyMap<number, readonly Extent[]> {
  const missing = new Map<number, Extent[]>();
  for (const [number, offset] of placement!.offsets.entries()) {
    if (offset < 0 || held.objects.find(objects.digests, 32 * number) >= 0) continue;
    const layer = placement!.layers[number]!;
    const extents = missing.get(layer) ?? [];
    extents.push({ offset, length: objects.stored[number]! });
    missing.set(layer, extents);
  }
  for (const extents of missing.values()) extents.sort((a, b) => a.offset - b.offset);
  return missing;
}

function rangesOf(extents: readonly Extent[], gap: number, rangesPerRequest: number): Round {
  let contentBytes = 0;
  let ranges = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const { offset, length } of extents) {
    if (offset - end <= gap) contentBytes += offset - end;
    else ranges++;
    contentBytes += length;
    end = offset + length;
  }
  return { contentBytes, metadataBytes: 0, requests: Math.ceil(ranges / rangesPerRequest) };
}
