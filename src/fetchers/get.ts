import { digestAt } from '../packers/blobs.ts';
import type { Inventory } from '../packers/inventory.ts';
import { type Fetcher, type Held, lackedLayers, type Request, wholeBlob } from './fetcher.ts';

/**
 * GET of every whole blob that the client lacks, then of every loose object. Where the first blobs say what the others
 * hold, of those only the ones with an object that the client lacks.
 */
export const get: Fetcher = {
  rounds(inventory, held) {
    const { placement } = inventory;
    const isIndexed = (layer: number): boolean => placement?.indexLengths[layer] === 0;
    const blobs = lackedLayers(inventory, held)
      .filter(({ role, number }) => role === 'metadata' || !isIndexed(number))
      .map(wholeBlob);
    const needed = placement ? neededLayers(inventory, held) : new Set<number>();
    const packs = inventory.layers
      .filter((_, layer) => isIndexed(layer) && needed.has(layer))
      .map(wholeBlob);
    return [blobs, packs, ...looseObjects(inventory, held)];
  },
};

function neededLayers({ placement, objects }: Inventory, held: Held): ReadonlySet<number> {
  const layers = new Set<number>();
  for (const [number, layer] of placement!.layers.entries()) {
    if (objects.stored[number] === 0) continue;
    if (held.objects.find(objects.digests, 32 * number) < 0) layers.add(layer);
  }
  return layers;
}

/** One round a generation: of a divided root, an object is known once all above it were read. */
function looseObjects(
  { loose, objects, rounds }: Inventory,
  held: Held,
): readonly (readonly Request[])[] {
  if (!loose) return [];
  const byGeneration: Request[][] = [];
  for (const [number, bytes] of objects.stored.entries()) {
    if (held.objects.find(objects.digests, 32 * number) >= 0) continue;
    const isMetadata = rounds !== undefined && number >= rounds.metadataFrom;
    const generation = (rounds?.generations[number] ?? 1) - 1;
    byGeneration[generation] ??= [];
    byGeneration[generation].push({
      kind: 'object',
      digest: `sha256:${digestAt(objects, number)}`,
      role: isMetadata ? 'metadata' : 'content',
      bytes,
    });
  }
  return Array.from(byGeneration, (requests) => requests ?? []);
}
