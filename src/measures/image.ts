import type { ImageDescriptor } from '../images/image.ts';
import { closeImage, openImage } from '../images/open.ts';
import { shadowedBytes } from '../trees/shadowed.ts';
import type { Inode } from '../trees/tree.ts';
import { type Fact, factsOf, type Measurement } from './measurement.ts';

/** Facts of an image that no model changes. */
export function imageMeasures(descriptor: ImageDescriptor): readonly Measurement[] {
  const image = openImage(descriptor);
  closeImage(image);
  const { tree, layers } = image;
  const files = new Set<Inode>();
  for (const { inode } of tree.entries) if (inode.type === 'file') files.add(inode);
  let logicalBytes = 0;
  for (const inode of files) logicalBytes += inode.size;

  const facts: Fact[] = [
    ['image.entries', tree.entries.length],
    ['image.files', files.size],
    ['image.logical_bytes', logicalBytes],
    ['image.layer_bytes', layers.reduce((sum, layer) => sum + layer.tar.length, 0)],
  ];
  const delivered = layers.map((layer) => layer.delivered?.size);
  if (delivered.every((size) => size !== undefined)) {
    facts.push(['image.delivered_bytes', delivered.reduce((sum, size) => sum + size, 0)]);
  }
  const shadowed = shadowedBytes(tree).map((value, layer) => ({
    image: descriptor.id,
    client: '-',
    measure: 'image.shadowed_bytes' as const,
    layer: layer + 1,
    value,
  }));
  return [...factsOf(descriptor.id, facts), ...shadowed];
}
