import { createHash } from 'node:crypto';
import type { Cache } from '../images/cache.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { type ByteSource, readRange } from '../streams/source.ts';
import type { Tree } from '../trees/tree.ts';

const STEP = 4 << 20;

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

/** Identity of an image's content, whatever compressed it. */
export function imageDigest(diffIds: readonly string[]): string {
  return `sha256:${createHash('sha256').update(diffIds.join('\n')).digest('hex')}`;
}

export function* pieces(source: ByteSource): Generator<Uint8Array> {
  for (let offset = 0; offset < source.length; offset += STEP) {
    yield readRange(source, offset, Math.min(STEP, source.length - offset));
  }
}
