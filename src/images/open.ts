import { locate } from '../errors.ts';
import { checkedOnce, FileSource } from '../streams/source.ts';
import { applyLayers, type MergedTree } from '../trees/layers.ts';
import type { Image, ImageDescriptor } from './image.ts';

/** Opens a verified image: reads the headers of its layers and merges them; contents stay where they are. */
export function openImage(descriptor: ImageDescriptor): Image & { readonly tree: MergedTree } {
  const layers = descriptor.layers.map(({ diffId, path, state, delivered }) => {
    const tar = new FileSource(path, state);
    return delivered ? { diffId, tar, delivered } : { diffId, tar };
  });
  try {
    const tree = checkedOnce(() =>
      applyLayers(
        layers.map((layer) => layer.tar),
        layers.map((layer) => layer.diffId),
      ),
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

let latest: Image | undefined;

/** As {@link openImage}; the image stays open until another one is asked for, because cells of one image follow each other. */
export function openLatest(descriptor: ImageDescriptor): Image {
  if (latest?.descriptor.id !== descriptor.id || latest.descriptor.digest !== descriptor.digest) {
    if (latest) closeImage(latest);
    // Two trees at once would take twice the memory.
    latest = undefined;
    latest = openImage(descriptor);
  }
  return latest;
}
