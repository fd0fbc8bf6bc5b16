import { DigestTable } from '../objects/digest-table.ts';
import type { Inventory } from './inventory.ts';
import { fillPacks } from './packs.ts';

/**
 * The packs of a series in one store that only grows, as restic, borg and xet keep them: the objects an image brings go
 * to new packs, all others stay where they are. An image alone cannot know this, so the fold over the series does.
 */
export class PackStore {
  readonly #objects = new DigestTable();
  readonly #packs: number[] = [];
  readonly #offsets: number[] = [];
  readonly #sizes: number[] = [];

  /** The inventory with its objects where the store has them after this image; as it was where the model has no packs. */
  add(inventory: Inventory): Inventory {
    const { packs: limits, objects } = inventory;
    if (!limits) return inventory;
    this.#append(inventory);
    const used = new Map<number, number>();
    const layers = inventory.layers.filter(({ role }) => role === 'metadata');
    const placed = new Uint32Array(objects.count);
    const offsets = new Float64Array(objects.count);
    for (let number = 0; number < objects.count; number++) {
      const place = this.#objects.find(objects.digests, 32 * number);
      const pack = this.#packs[place]!;
      let layer = used.get(pack);
      if (layer === undefined) {
        layer =
          layers.push({ digest: `pack ${pack}`, size: this.#sizes[pack]!, role: 'content' }) - 1;
        used.set(pack, layer);
      }
      placed[number] = layer;
      offsets[number] = this.#offsets[place]!;
    }
    const indexLengths = new Float64Array(layers.length);
    return { ...inventory, layers, placement: { layers: placed, offsets, indexLengths } };
  }

  #append({ objects, packs: limits }: Inventory): void {
    const lengths: number[] = [];
    for (let number = 0; number < objects.count; number++) {
      const before = this.#objects.count;
      if (this.#objects.add(objects.digests, 32 * number) < before) continue;
      lengths.push(objects.stored[number]!);
    }
    const filled = fillPacks(Float64Array.from(lengths), limits!);
    for (const [number, pack] of filled.layers.entries()) {
      this.#packs.push(this.#sizes.length + pack);
      this.#offsets.push(filled.offsets[number]!);
    }
    this.#sizes.push(...filled.sizes);
  }
}
