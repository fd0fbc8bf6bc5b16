import type { Image, ImageDescriptor } from '../images/image.ts';
import { openImage } from '../images/open.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { MemorySource, readAll } from '../streams/source.ts';

/**
 * Files of the image up to this many bytes are packed and unpacked first, unmeasured: so many that code is compiled, a stream is
 * divided among threads, and codecs load what they do for much.
 */
const WARM_UP_BYTES = 40 << 20;

/** Blobs that were delivered would be copied: what is measured is making them. */
export function openUndelivered(descriptor: ImageDescriptor): Image {
  const layers = descriptor.layers.map(({ delivered: _delivered, ...layer }) => layer);
  return openImage({ ...descriptor, layers });
}

/** A small image of the same kind of content. */
export function sampleOf(image: Image): Image {
  let bytes = 0;
  const entries = image.tree.entries.filter(({ inode }) => {
    const fits = bytes + inode.size <= WARM_UP_BYTES;
    if (fits) bytes += inode.size;
    return fits;
  });
  const tree = { ...image.tree, entries };
  const tar = Object.assign(new MemorySource(readAll(treeToTar(tree))), { path: '' });
  return { ...image, tree, layers: [{ diffId: '', tar }] };
}
