import type { BlobFacts, Inventory } from '../packers/inventory.ts';
import {
  type Fetcher,
  type Held,
  lackedLayers,
  type Range,
  type Request,
  wholeBlob,
} from './fetcher.ts';

/**
 * Range requests: the indexes first, be they blobs of their own or tails of others, then the missing objects. Ranges of
 * one blob that lie at most `gap` bytes apart become one (containers/storage merges up to 1 KiB); at most `ranges` of them
 * share a request. Bytes of a gap count as content: they are transferred.
 */
export const range: Fetcher = {
  rounds(inventory, held, values) {
    const { placement, layers } = inventory;
    if (!placement) return [];
    const indexes = lackedLayers(inventory, held).flatMap((layer) => {
      if (layer.role === 'metadata') return wholeBlob(layer);
      const length = placement.indexLengths[layer.number]!;
      if (length === 0) return [];
      return partsOf(layer, 'metadata', [{ offset: layer.size - length, length }]);
    });

    const rangesPerRequest = Number(values['ranges']);
    const content: Request[] = [];
    for (const [layer, missing] of missingByLayer(inventory, held)) {
      const ranges = merge(missing, Number(values['gap']));
      for (let first = 0; first < ranges.length; first += rangesPerRequest) {
        const together = ranges.slice(first, first + rangesPerRequest);
        content.push(partsOf(layers[layer]!, 'content', together));
      }
    }
    return [indexes, content];
  },
};

function partsOf({ digest }: BlobFacts, role: Request['role'], ranges: readonly Range[]): Request {
  const bytes = ranges.reduce((sum, { length }) => sum + length, 0);
  return { kind: 'blob', digest, role, ranges, bytes };
}

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

/** @param sorted by offset */
function merge(sorted: readonly Range[], gap: number): readonly Range[] {
  const merged: { readonly offset: number; length: number }[] = [];
  for (const { offset, length } of sorted) {
    const last = merged.at(-1);
    if (last && offset - (last.offset + last.length) <= gap) {
      last.length = offset + length - last.offset;
    } else {
      merged.push({ offset, length });
    }
  }
  return merged;
}
