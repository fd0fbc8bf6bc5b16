import type { Values } from '../ids.ts';
import type { Inventory } from '../packers/inventory.ts';
import { type Held, lackedLayers, type Request, wholeBlob } from './fetcher.ts';
import { rangeRequests } from './range-requests.ts';

/**
 * Layers whose indexes are an artifact beside the image: its manifest, then the indexes of the layers that the client
 * lacks and, whole, the layers without one, then all spans of the others. A layer that is held is held in whole, and
 * no span of one is looked for in another.
 */
export function spanRounds(
  inventory: Inventory,
  held: Held,
  values: Values,
): readonly (readonly Request[])[] {
  const lacked = lackedLayers(inventory, held);
  const { layerIndexes } = inventory;
  if (!layerIndexes) return [lacked.map(wholeBlob)];
  const byLayer = new Map(layerIndexes.indexes.map((index) => [index.layer, index]));
  const indexes: Request[] = [];
  const whole: Request[] = [];
  const spans: Request[] = [];
  for (const layer of lacked) {
    const index = byLayer.get(layer.number);
    if (!index) {
      whole.push(wholeBlob(layer));
      continue;
    }
    if (!held.blobs.has(index.digest)) indexes.push(wholeBlob(index));
    spans.push(...rangeRequests(layer, index.spans, values));
  }
  const { manifest } = layerIndexes;
  const isAsked = lacked.length > 0 && !held.blobs.has(manifest.digest);
  return [
    isAsked ? [{ ...wholeBlob(manifest), kind: 'manifest' }] : [],
    [...indexes, ...whole],
    spans,
  ];
}
