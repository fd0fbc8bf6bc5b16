import { imageDigest } from '../images/digest.ts';
import type { Image } from '../images/image.ts';
import { sha256 } from '../packers/blobs.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { applyLayers } from '../trees/layers.ts';
import { rebuiltLayers, statesOf } from './edited.ts';
import type { Edit } from './edits/mod.ts';

/**
 * Makes images as source `edited` does by `rebuild`, byte for byte, but writes none of them: for many edits of one image. The
 * layers lie in memory and have no compressed blobs.
 */
export function createEditor({ descriptor, layers }: Image): (edit: Edit) => Image {
  const states = statesOf(layers);
  const config = JSON.parse(descriptor.config) as Readonly<Record<string, unknown>>;
  return (edit) => {
    const made = rebuiltLayers(states, [edit]).map((tree) => {
      const tar = treeToTar(tree);
      return { diffId: `sha256:${sha256(tar)}`, tar: Object.assign(tar, { path: '' }) };
    });
    const diffIds = made.map(({ diffId }) => diffId);
    return {
      descriptor: {
        id: descriptor.id,
        digest: imageDigest(diffIds),
        layers: made.map(({ diffId }) => ({ diffId, path: '' })),
        config: JSON.stringify({ ...config, rootfs: { type: 'layers', diff_ids: diffIds } }),
      },
      layers: made,
      tree: applyLayers(made.map(({ tar }) => tar), diffIds),
    };
  };
}
