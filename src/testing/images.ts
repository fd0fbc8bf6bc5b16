import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Image } from '../images/image.ts';
import { openImage } from '../images/open.ts';
import { sha256 } from '../packers/blobs.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { MemorySource, readAll } from '../streams/source.ts';
import { applyLayers } from '../trees/layers.ts';
import type { Tree } from '../trees/tree.ts';

const config = JSON.stringify({
  architecture: 'amd64',
  os: 'linux',
  rootfs: { type: 'layers', diff_ids: [] },
});

/** An image in memory, of uncompressed layers. */
export function imageOfTars(...tars: readonly Uint8Array[]): Image {
  const sources = tars.map((bytes) => Object.assign(new MemorySource(bytes), { path: '' }));
  return {
    descriptor: { id: 'test', digest: '', layers: [], config },
    layers: sources.map((tar, index) => ({ diffId: `layer ${index}`, tar })),
    tree: applyLayers(sources),
  };
}

/** A layer as a registry delivers it. */
export interface DeliveredLayer {
  readonly tar: Uint8Array;
  readonly stored: Uint8Array;
  /** Of the media type: '' | '+gzip' | '+zstd'. */
  readonly suffix: string;
}

/** An image of layers whose blobs lie in files of the directory. */
export function deliveredImage(directory: string, ...layers: readonly DeliveredLayer[]): Image {
  const image = imageOfTars(...layers.map(({ tar }) => tar));
  return {
    ...image,
    layers: layers.map(({ tar, stored, suffix }, number) => {
      const path = join(directory, `blob-${number}`);
      writeFileSync(path, stored);
      const mediaType = `application/vnd.oci.image.layer.v1.tar${suffix}`;
      const delivered = {
        mediaType,
        digest: `sha256:${sha256(stored)}`,
        size: stored.length,
        path,
      };
      return { ...image.layers[number]!, diffId: `sha256:${sha256(tar)}`, delivered };
    }),
  };
}

/** An image of one layer that lies in a file, so that it can be opened again by its descriptor. */
export function imageIn(directory: string, id: string, tree: Tree): Image {
  const path = join(directory, `${id}.tar`);
  writeFileSync(path, readAll(treeToTar(tree)));
  return openImage({ id, digest: `sha256:${id}`, layers: [{ diffId: id, path }], config });
}
