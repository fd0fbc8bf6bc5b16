import { type Explained, explainImage } from '../attribution/explain.ts';
import type { Image } from '../images/image.ts';
import type { FileDigests } from '../measures/contents.ts';
import { SeriesFold } from '../measures/fold.ts';
import type { Measurement } from '../measures/measurement.ts';
import { measure } from '../models/cell.ts';
import { createModel } from '../models/mod.ts';
import type { Model } from '../models/model.ts';
import type { Inventory } from '../packers/inventory.ts';
import type { Tree } from '../trees/tree.ts';
import { imageIn } from './images.ts';

/** Images `i0`, `i1` … packed by a model, for tests of what explain says of them. */
export class PackedTrees {
  readonly #images: readonly Image[];
  readonly #model: Model;
  readonly #inventories = new Map<string, Inventory>();
  /** What the measures say of each image, by id. */
  readonly measured: Map<string, readonly Measurement[]> = new Map();

  private constructor(model: Model, images: readonly Image[]) {
    this.#model = model;
    this.#images = images;
  }

  /** @param directory that the layers are written to */
  static async of(chain: string, trees: readonly Tree[], directory: string): Promise<PackedTrees> {
    const images = trees.map((tree, number) => imageIn(directory, `i${number}`, tree));
    const packed = new PackedTrees(await createModel(chain), images);
    const fold = new SeriesFold(packed.#model, []);
    for (const image of images) {
      const { id } = image.descriptor;
      const first = image === images[0] ? undefined : images[0]!.descriptor;
      const inventory = await measure(image, packed.#model, [], first);
      packed.#inventories.set(id, inventory);
      packed.measured.set(id, fold.add(inventory).measurements);
    }
    return packed;
  }

  value(image: string, measureName: string, client: string): unknown {
    return this.measured
      .get(image)!
      .find((one) => one.measure === measureName && one.client === client)?.value;
  }

  /** @param digests what is known of the files of each image; nothing where absent */
  explain(
    image: string,
    holds: readonly string[],
    digests?: (image: Image) => FileDigests,
  ): Promise<Explained> {
    return explainImage({
      model: this.#model,
      images: this.#images.map(({ descriptor }) => descriptor),
      image,
      held: { holds },
      inventory: async ({ id }) => this.#inventories.get(id)!,
      ...(digests && {
        digests: ({ id }) => digests(this.#images.find(({ descriptor }) => descriptor.id === id)!),
      }),
      busy() {},
    });
  }
}
