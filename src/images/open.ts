import { locate } from '../errors.ts';
import { checkedOnce, FileSource } from '../streams/source.ts';
import { applyLayers, type MergedTree } from '../trees/layers.ts';
import type { Image, ImageDescriptor } from './image.ts';

/** A tar that is one layer, read before its digest was known. */
export interface ReadAhead {
  readonly tar: FileSource;
  readonly tree: MergedTree;
}

/**
 * Opens a verified image: reads the headers of its layers and merges them; contents stay where they are.
 *
 * @param ahead what was read of its layer already; left aside where the image has another one
 */
export function openImage(
  descriptor: ImageDescriptor,
  ahead?: ReadAhead,
): Image & { readonly tree: MergedTree } {
  const [first, ...others] = descriptor.layers;
  if (first && ahead && others.length === 0 && isOf(ahead, first)) {
    return {
      descriptor,
      layers: [{ diffId: first.diffId, tar: ahead.tar }],
      tree: ahead.tree,
    };
  }
  ahead?.tar.close();
  const layers = descriptor.layers.map(({ diffId, path, state, delivered }) => {
    const tar = new FileSource(path, state);
    return delivered ? { diffId, tar, delivered } : { diffId, tar };
  });
  try {
    const tree = mergedTree(
      layers.map((layer) => layer.tar),
      layers.map((layer) => layer.diffId),
    );
    return { descriptor, layers, tree };
  } catch (error) {
    throw locate(error, { image: descriptor.id });
  }
}

function isOf({ tar }: ReadAhead, layer: ImageDescriptor['layers'][number]): boolean {
  return layer.path === tar.path && layer.state === tar.state && layer.delivered === undefined;
}

/**
 * Reads a tar while somebody else computes its digest. undefined where there is something to say of it: that names the digest.
 *
 * @param state in which it will have that digest: see streams/file-state.ts
 */
export function readAhead(path: string, state: string): ReadAhead | undefined {
  const tar = new FileSource(path, state);
  try {
    const tree = mergedTree([tar], [path]);
    if (tree.warnings.length === 0) return { tar, tree };
  } catch {}
  tar.close();
  return undefined;
}

function mergedTree(tars: readonly FileSource[], names: readonly string[]): MergedTree {
  return checkedOnce(() => applyLayers(tars, names));
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
