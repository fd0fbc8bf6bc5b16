import type { Image, ImageDescriptor } from '../images/image.ts';
import { openImage } from '../images/open.ts';
import { createModel } from '../models/mod.ts';
import { sha256 } from '../packers/blobs.ts';
import type { Packed } from '../packers/packer.ts';
import { memoryStore } from '../packers/store.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { MemorySource, readAll } from '../streams/source.ts';
import { disorder } from '../trees/disorder.ts';
import { answer } from '../workers/answer.ts';
import { withExecutor } from '../workers/pooled.ts';

/** One packing under varied conditions. TZ and locale come by the environment. */

export interface PackingInput {
  readonly image: ImageDescriptor;
  readonly model: string;
  readonly seed: number;
  readonly umask: number;
  readonly workers: number;
  /** Pack once more from what was unpacked. */
  readonly fixpoint: boolean;
}

export interface PackingResult {
  readonly digest: string;
  readonly fixpoint?: boolean;
}

await answer(async (input: PackingInput): Promise<PackingResult> => {
  process.umask(input.umask);
  const opened = openImage(input.image);
  const image = { ...opened, tree: disorder(opened.tree, input.seed) };
  const model = await createModel(input.model);
  return withExecutor(input.workers, async (executor) => {
    const packed = await model.pack(image, executor);
    const digest = digestOf(packed);
    if (!input.fixpoint) return { digest };
    const tree = await model.unpack(packed.manifest, memoryStore(packed), executor);
    const again = await model.pack(rebuilt(image, tree), executor);
    return { digest, fixpoint: digestOf(again) === digest };
  });
});

function digestOf(packed: Packed): string {
  return sha256(packed.manifest);
}

/** The restored tree as an image of one layer: the layers it once came in are gone. */
function rebuilt(image: Image, tree: Image['tree']): Image {
  const tar = Object.assign(new MemorySource(readAll(treeToTar(tree))), { path: '' });
  return { ...image, tree, layers: [{ diffId: '', tar }] };
}
