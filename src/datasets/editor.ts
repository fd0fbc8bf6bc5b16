import { createHash } from 'node:crypto';
import type { Image } from '../images/image.ts';
import { sha256 } from '../packers/blobs.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { type ByteSource, MemorySource, readAll } from '../streams/source.ts';
import { applyLayers } from '../trees/layers.ts';
import { rebuiltLayers, statesOf } from './edited.ts';
import { applyEdits, type Edit } from './edits/mod.ts';

/** The same image with its layers in memory, for what reads it many times. */
export function heldImage({ descriptor, layers }: Image): Image {
  const held = layers.map((layer) => ({
    ...layer,
    tar: inMemory(new MemorySource(readAll(layer.tar))),
  }));
  const tree = applyLayers(
    held.map(({ tar }) => tar),
    held.map(({ diffId }) => diffId),
  );
  return { descriptor, layers: held, tree };
}

function inMemory<Source extends ByteSource>(source: Source): Source & { readonly path: string } {
  return Object.assign(source, { path: '' });
}

/**
 * Makes images as source `edited` does by `rebuild`, but writes and compresses no layer: for many edits of one image. The tree is
 * the edited one itself, of which all that the edit does not name is the same objects as before; layers are made where they are
 * asked for. The configuration is as long as that of the image that source `edited` makes, with other diff ids.
 */
export function createEditor({ descriptor, layers, tree }: Image): (edit: Edit) => Image {
  const states = statesOf(layers);
  const config = JSON.parse(descriptor.config) as Readonly<Record<string, unknown>>;
  return (edit) => {
    // A diff id would take the digest of a whole tar; all that counts is that it is another one.
    const standIn = createHash('sha256').update(JSON.stringify([descriptor.digest, edit]));
    const digest = `sha256:${standIn.digest('hex')}`;
    const diffIds = layers.map(() => digest);
    return {
      descriptor: {
        id: descriptor.id,
        digest,
        layers: [],
        config: JSON.stringify({ ...config, rootfs: { type: 'layers', diff_ids: diffIds } }),
      },
      get layers() {
        return rebuiltLayers(states, [edit]).map((changes) => {
          const tar = treeToTar(changes);
          return { diffId: `sha256:${sha256(tar)}`, tar: inMemory(tar) };
        });
      },
      tree: applyEdits(tree, [edit]),
    };
  };
}
