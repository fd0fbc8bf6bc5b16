import type { Inventory } from '../packers/inventory.ts';
import { type Fetcher, type Held, lackedLayers, type Range, wholeBlob } from './fetcher.ts';
import { partsOf, rangeRequests } from './range-requests.ts';
import { spanRounds } from './spans.ts';

/**
 * Range requests: the indexes first, be they blobs of their own or tails of others, then the missing objects. Ranges of
 * one blob that lie at most `gap` bytes apart become one (containers/storage merges up to 1 KiB); at most `ranges` of them
 * share a request. Bytes of a gap count as content: they are transferred.
 */
export const range: Fetcher = {
  rounds(inventory, held, values) {
    const { placement, layers } = inventory;
    if (!placement) return spanRounds(inventory, held, values);
    const indexes = lackedLayers(inventory, held).flatMap((layer) => {
      if (layer.role === 'metadata') return wholeBlob(layer);
      const length = placement.indexLengths[layer.number]!;
      if (length === 0) return [];
      return partsOf(layer, 'metadata', [{ offset: layer.size - length, length }]);
    });

    const content = [...missingByLayer(inventory, held)].flatMap(([layer, missing]) =>
      rangeRequests(layers[layer]!, missing, values),
    );
    return [indexes, content];
  },
};

/** Layer → what of it the client lacks, in the order of the layer. Nobody asks for no bytes: a range has at least one. */
function missingByLayer(
  { placement, objects }: Inventory,
  held: Held,
): ReadonlyMap<number, readonly Range[]> {
  const missing = new Map<number, Range[]>();
  for (const [number, offset] of placement!.offsets.entries()) {
    const length = objects.stored[number]!;
    if (offset < 0 || length === 0) continue;
    if (held.objects.find(objects.digests, 32 * number) >= 0) continue;
    const layer = placement!.layers[number]!;
    const ranges = missing.get(layer) ?? [];
    ranges.push({ offset, length });
    missing.set(layer, ranges);
  }
  for (const ranges of missing.values()) ranges.sort((a, b) => a.offset - b.offset);
  return missing;
}
