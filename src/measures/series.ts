import type { Model } from '../models/model.ts';
import type { Inventory } from '../packers/inventory.ts';
import { PackStore } from '../packers/pack-store.ts';

export function whyNoSums(missing: string): string {
  return `sums over the series need ${missing}, which is missing`;
}

/** What the images of a series by one model come to where some of them could not be packed: added in order, each once. */
export class SeriesOfModel {
  readonly #isTrained: boolean;
  readonly #packs = new PackStore();
  #count = 0;
  #missing: string | undefined;
  #isFirstMissing = false;

  constructor({ isTrained = false }: Pick<Model, 'isTrained'>) {
    this.#isTrained = isTrained;
  }

  /** Images so far. */
  get count(): number {
    return this.#count;
  }

  /** The first image that could not be packed. */
  get missing(): string | undefined {
    return this.#missing;
  }

  /** A dictionary of another image than the first gives other sizes throughout. */
  get hasOtherDictionary(): boolean {
    return this.#isFirstMissing && this.#isTrained;
  }

  miss(image: string): undefined {
    this.#missing ??= image;
    this.#isFirstMissing ||= this.#count === 0;
    this.#count++;
  }

  /** With its objects where the store of the series keeps them; undefined where that cannot be known. */
  add(own: Inventory): Inventory | undefined {
    this.#count++;
    if (this.hasOtherDictionary || (own.packs && this.#missing !== undefined)) return undefined;
    return this.#packs.add(own);
  }
}
