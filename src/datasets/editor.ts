import { createHash } from 'node:crypto';
import type { Image } from '../images/image.ts';
import { sha256 } from '../packers/blobs.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { type ByteSource, MemorySource, readAll } from '../streams/source.ts';
import { changeset } from '../trees/changeset.ts';
import { applyLayers } from '../trees/layers.ts';
import type { Tree } from '../trees/tree.ts';
import { configOnTop, type EditForm, rebuiltLayers, statesOf } from './edited.ts';
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

/** Another root file system made of that of an image. */
export interface Variant {
  /** Tells it from the others of this image. */
  readonly name: string;
  readonly tree: Tree;
  /** What each layer holds where all are made anew; absent where the image has one. */
  layers?(): readonly Tree[];
}

/** The variant that an edit makes. @param edit settled */
export function createVariants({ layers, tree }: Image): (edit: Edit) => Variant {
  const states = statesOf(layers);
  return (edit) => ({
    name: JSON.stringify(edit),
    tree: applyEdits(tree, [edit]),
    layers: () => rebuiltLayers(states, [edit]),
  });
}

/**
 * Makes images as source `edited` does, but writes and compresses no layer: for many variants of one image. The tree is that of the
 * variant, of which all that is as it was is the same objects as before; layers are made where they are asked for. The
 * configuration is as long as that of the image that source `edited` makes, with other diff ids.
 */
export function createEditor(
  { descriptor, layers, tree }: Image,
  form: EditForm = 'rebuild',
): (variant: Variant) => Image {
  const { id } = descriptor;
  const config = JSON.parse(descriptor.config) as Readonly<Record<string, unknown>>;
  const toLayer = (changes: Tree): Image['layers'][number] => {
    const tar = treeToTar(changes);
    return { diffId: `sha256:${sha256(tar)}`, tar: inMemory(tar) };
  };
  return (variant) => {
    // A diff id would take the digest of a whole tar; all that counts is that it is another one.
    const standIn = createHash('sha256').update(JSON.stringify([descriptor.digest, variant.name]));
    const digest = `sha256:${standIn.digest('hex')}`;
    if (form === 'layer') {
      const difference = changeset(tree, variant.tree, 'links');
      if (difference.entries.length === 0) return { descriptor, layers, tree };
      const diffIds = [...layers.map(({ diffId }) => diffId), digest];
      return {
        descriptor: { id, digest, layers: [], config: configOnTop(config, diffIds) },
        layers: [...layers, toLayer(difference)],
        tree: variant.tree,
      };
    }
    const rootfs = { type: 'layers', diff_ids: layers.map(() => digest) };
    let made: Image['layers'] | undefined;
    return {
      descriptor: { id, digest, layers: [], config: JSON.stringify({ ...config, rootfs }) },
      get layers() {
        made ??= (variant.layers?.() ?? [variant.tree]).map(toLayer);
        return made;
      },
      tree: variant.tree,
    };
  };
}
