import { locate } from '../errors.ts';
import { FileSource } from '../streams/source.ts';
import { applyLayers } from '../trees/layers.ts';
import type { Image, ImageDescriptor } from './image.ts';

/** Opens a verified image: reads the headers of its layers and merges them; contents stay where they are. */
export function openImage(descriptor: ImageDescriptor): Image {
  const layers = descriptor.layers.map(({ diffId, path, delivered }) => {
    const tar = new FileSource(path);
    return delivered ? { diffId, tar, delivered } : { diffId, tar };
  });
  try {
    const tree = applyLayers(
      layers.map((layer) => layer.tar),
      layers.map((layer) => layer.diffId),
    );
    return { descriptor, layers, tree };
  } catch (error) {
    throw locate(error, { image: descriptor.id });
  }
}

/** Gives back the file descriptors of an image that is no longer read; it opens them again where it is. */
export function closeImage(image: Image): void {
  for (const { tar } of image.layers) if (tar instanceof FileSource) tar.close();
}
