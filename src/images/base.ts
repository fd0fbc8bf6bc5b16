import { imageDigest } from './digest.ts';

import type { ImageDescriptor } from './image.ts';

/**
 * What a host has that runs other images of the same base: the first layers that all images have in common, as an image
 * of its own. Where images have but one layer, or share none: the first image.
 *
 * @param images in series order, at least one
 */
export function baseOf(images: readonly ImageDescriptor[]): ImageDescriptor {
  const [first, ...others] = images;
  const differs = first!.layers.findIndex(({ diffId }, index) =>
    others.some(({ layers }) => layers[index]?.diffId !== diffId),
  );
  const layers = first!.layers.slice(0, differs < 0 ? undefined : differs);
  if (layers.length === 0) return first!;
  const diffIds = layers.map(({ diffId }) => diffId);
  const digest = imageDigest(diffIds);
  const { architecture, os } = JSON.parse(first!.config) as Record<string, unknown>;
  const rootfs = { type: 'layers', diff_ids: diffIds };
  return (
    images.find((image) => image.digest === digest) ?? {
      id: 'base',
      digest,
      layers,
      config: JSON.stringify({ architecture, os, rootfs }),
    }
  );
}
