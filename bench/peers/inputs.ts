import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fetchImage, openDataset } from '../../src/datasets/mod.ts';
import { openImage } from '../../src/images/open.ts';
import { contextOf, pin } from '../../src/library.ts';
import { makeDirectories } from '../../src/make-directories.ts';
import { treeToCatar } from '../../src/serialisers/catar-writer.ts';
import { treeToTar } from '../../src/serialisers/tar.ts';
import { pieces } from '../../src/streams/source.ts';
import { writeTree } from '../../src/trees/write.ts';
import { writeNew } from '../../src/write-whole.ts';
import type { Input } from './peer.ts';

/** Eleven packages of Debian bookworm, and a whole distribution that is small. */
const IMAGES: readonly (readonly [name: string, dataset: string, image: string])[] = [
  ['bookworm-t1', 'ci-slice', 't1'],
  ['alpine-3.20.3', 'alpine', '3.20.3'],
];

/** Fetches what the cache lacks, and writes each image into the folder in all forms, once. */
export async function openInputs(folder: string): Promise<readonly Input[]> {
  const inputs: Input[] = [];
  for (const [name, words, id] of IMAGES) {
    const dataset = await pin(await openDataset([words]), {});
    const image = openImage(await fetchImage(dataset, id, contextOf(dataset, {})));
    const place = join(folder, 'inputs', name);
    makeDirectories(place);
    const [tar, catar, tree] = ['rootfs.tar', 'rootfs.catar', 'tree'].map((file) =>
      join(place, file),
    ) as [string, string, string];
    if (!existsSync(tar)) writeNew(tar, pieces(treeToTar(image.tree)));
    if (!existsSync(catar)) writeNew(catar, pieces(treeToCatar(image.tree)));
    if (!existsSync(tree)) writeTree(image.tree, tree);
    inputs.push({ name, image, tar, catar, tree });
  }
  return inputs;
}
