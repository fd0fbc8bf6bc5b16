import { createHash } from 'node:crypto';
import { gzipStream } from '../codecs/gzip.ts';
import type { Cache } from '../images/cache.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { type ByteSource, FileSource, readRange } from '../streams/source.ts';
import type { Tree } from '../trees/tree.ts';

const STEP = 4 << 20;

/** Level that image builders use unless told otherwise. */
const LEVEL = 6;

/** Writes a tree as the only layer of an image into the cache. `config` lacks nothing but the layers. */
export async function storeLayer(
  id: string,
  tree: Tree,
  cache: Cache,
  config: Readonly<Record<string, unknown>>,
): Promise<ImageDescriptor> {
  const { digest, path } = await cache.store(pieces(treeToTar(tree)));
  const rootfs = { type: 'layers', diff_ids: [digest] };
  return {
    id,
    digest: imageDigest([digest]),
    layers: [{ diffId: digest, path }],
    config: JSON.stringify({ ...config, rootfs }),
  };
}

/** The image as a builder would push it: every layer with its gzip blob. */
export async function compressLayers(
  image: ImageDescriptor,
  cache: Cache,
): Promise<ImageDescriptor> {
  const layers: ImageDescriptor['layers'][number][] = [];
  for (const { diffId, path } of image.layers) {
    const source = new FileSource(path);
    const { digest, size, path: blob } = await cache.store(gzipStream(pieces(source), LEVEL));
    source.close();
    const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip';
    layers.push({ diffId, path, delivered: { mediaType, digest, size, path: blob } });
  }
  return { ...image, layers };
}

/** Identity of an image's content, whatever compressed it. */
export function imageDigest(diffIds: readonly string[]): string {
  return `sha256:${createHash('sha256').update(diffIds.join('\n')).digest('hex')}`;
}

export function* pieces(source: ByteSource): Generator<Uint8Array> {
  for (let offset = 0; offset < source.length; offset += STEP) {
    yield readRange(source, offset, Math.min(STEP, source.length - offset));
  }
}
