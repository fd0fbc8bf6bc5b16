import type { Chunk, MappedImage } from '../attribution/mapped-image.ts';
import type { Inventory } from '../packers/inventory.ts';
import type { Place } from './places.ts';

/**
 * Layers of frames with a table of contents. A row of the table says where the frames of this file lie, and a client takes
 * those, though a content that several files have lies in the layer more than once: the places of an inventory are the first.
 */
export class OwnFrames {
  readonly #inventory: Inventory;
  readonly #starts = new Map<Chunk, { readonly layer: number; readonly offset: number }>();

  constructor({ inventory, chunks, layers }: MappedImage) {
    this.#inventory = inventory;
    const ends = new Map<number, number>();
    for (const chunk of chunks) {
      const layer = layers[chunk.stream]!;
      const offset = ends.get(layer) ?? 0;
      this.#starts.set(chunk, { layer, offset });
      ends.set(layer, offset + inventory.objects.stored[chunk.object]!);
    }
  }

  /** The image as its fetcher sees it where these are wanted; of one content at several of them, the first counts. */
  wantedFor(places: readonly Place[]): Inventory {
    const placement = this.#inventory.placement!;
    const [layers, offsets] = [placement.layers.slice(), placement.offsets.slice()];
    for (const { chunk } of places.toReversed()) {
      // Some frames no client asks for: the table has what is in them.
      if (placement.offsets[chunk.object]! < 0) continue;
      const { layer, offset } = this.#starts.get(chunk)!;
      layers[chunk.object] = layer;
      offsets[chunk.object] = offset;
    }
    return { ...this.#inventory, placement: { ...placement, layers, offsets } };
  }
}
