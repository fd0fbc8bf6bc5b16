import { locate, PluginError } from '../errors.ts';
import type { Image, ImageDescriptor } from '../images/image.ts';
import { openLatest } from '../images/open.ts';
import { inline } from '../objects/executor.ts';
import { type Inventory, takeInventory } from '../packers/inventory.ts';
import { memoryStore } from '../packers/store.ts';
import { differences } from '../trees/compare.ts';
import { createModel } from './mod.ts';
import type { Model } from './model.ts';

export interface CellInput {
  readonly image: ImageDescriptor;
  readonly model: string;
}

/** Packs an image by a model, restores it, compares, and only then gives the numbers. */
export async function measureCell(input: CellInput): Promise<Inventory> {
  try {
    return await measure(openLatest(input.image), await createModel(input.model));
  } catch (error) {
    throw locate(error, { image: input.image.id, model: input.model });
  }
}

/** As {@link measureCell}, of any model: a model that loses something is found out here. */
export async function measure(image: Image, model: Model): Promise<Inventory> {
  const packed = await model.pack(image, inline);
  const restored = await model.unpack(packed.manifest, memoryStore(packed), inline);
  const faults = differences(image.tree, restored, model.fidelity, 3);
  if (faults.length > 0) {
    throw new PluginError(
      `the model does not restore the image: ${faults.map(String).join('; ')}`,
      {},
      'its numbers do not count: mend its serialiser, chunker, codec or packer',
    );
  }
  return takeInventory(image.descriptor.id, model.id, packed);
}
