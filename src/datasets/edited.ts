import * as z from 'zod';
import type { Cache } from '../images/cache.ts';
import { imageDigest } from '../images/digest.ts';
import type { Image, ImageDescriptor } from '../images/image.ts';
import { closeImage, openImage } from '../images/open.ts';
import { changeset } from '../trees/changeset.ts';
import { applyLayers } from '../trees/layers.ts';
import type { Tree } from '../trees/tree.ts';
import { applyEdits, type Edit, editSchema, settleEdits } from './edits/mod.ts';
import { innerSchema, originOf, pinningOf } from './inner.ts';
import { compressLayers, recallImage, storeLayers } from './layer.ts';
import type { AnyProvider, Provider } from './provider.ts';

export interface EditedSource {
  readonly type: 'edited';
  /** The image that is edited: any other source. */
  readonly of: { readonly type: string };
  /** In order; without any, the image as it is. */
  readonly edits: readonly Edit[];
  /** `rebuild` where absent. */
  readonly as?: EditForm | undefined;
}

/**
 * How edits come into an image: `rebuild` makes all layers anew, as if the build had left another root file system; `layer` puts
 * one more layer on top, as `RUN` of a Dockerfile does.
 */
export type EditForm = 'rebuild' | 'layer';

/** Changes when the same edits would give another tree: what was built before is then built anew. */
const EDITOR = 'edited/1';

/**
 * An image as it would be, had its build left another root file system: all layers are made anew, each the difference
 * between the edited root file systems without and with it. Or that image with the difference as a layer on top. Its pins are
 * those of the image that is edited.
 *
 * @param origins where that image may come from
 */
export function createEdited(origins: readonly AnyProvider[]): Provider<EditedSource> {
  const edited: Provider<EditedSource> = {
    type: 'edited',
    title: 'another image with times, modes or contents changed',
    schema: z.strictObject({
      type: z.literal('edited'),
      of: innerSchema(origins),
      edits: z.array(editSchema),
      as: z.enum(['rebuild', 'layer']).optional(),
    }),

    async identity(source, baseDirectory, pins) {
      const origin = originOf(origins, source.of);
      const own = await origin.identity(source.of as never, baseDirectory, pins);
      return JSON.stringify([EDITOR, source.edits, own, ...formOf(source)]);
    },

    async fetch(source, { id }, pins, context) {
      const provider = originOf(origins, source.of);
      const origin = await provider.fetch(source.of as never, { id }, pins, context);
      const key = keyOf(origin, source);
      const known = await recallImage(context.cache, key, id);
      if (known) return known;
      context.progress(`${id}: editing`);
      const image = openImage(origin);
      try {
        const make = source.as === 'layer' ? addLayer : rebuild;
        const built = await make(image, source.edits, context.cache);
        context.cache.remember(key, built);
        return built;
      } finally {
        closeImage(image);
      }
    },

    bind(source) {
      const origin = originOf(origins, source.of);
      const { outlook } = origin;
      return {
        ...edited,
        ...(outlook
          ? {
              async outlook(_source, image, pins, context) {
                const of = await outlook(source.of as never, image, pins, context);
                const key = of.image && keyOf(of.image, source);
                const built = key && (await recallImage(context.cache, key, image.id));
                return {
                  ...(of.missing && { missing: of.missing }),
                  ...(built && { image: built }),
                };
              },
            }
          : {}),
        ...pinningOf(origin, source.of),
      };
    },
  };
  return edited;
}

/** Under which an edited image is remembered. */
function keyOf({ digest, config }: ImageDescriptor, source: EditedSource): string {
  return JSON.stringify([EDITOR, digest, config, source.edits, ...formOf(source)]);
}

/** Nothing where all layers are made anew: so images were identified before there was another form. */
function formOf({ as }: EditedSource): readonly string[] {
  return as === 'layer' ? ['layer/1'] : [];
}

async function rebuild(
  { descriptor, layers, tree }: Image,
  asked: readonly Edit[],
  cache: Cache,
): Promise<ImageDescriptor> {
  const { id } = descriptor;
  const edits = settleEdits(tree, asked, id);
  const changes = rebuiltLayers(statesOf(layers), edits);
  const config = JSON.parse(descriptor.config) as Readonly<Record<string, unknown>>;
  return compressLayers(await storeLayers(id, changes, cache, config), cache);
}

/** The root file system with the lowest layer alone, with the next one as well, and so on. */
export function statesOf(layers: Image['layers']): readonly Tree[] {
  const tars = layers.map(({ tar }) => tar);
  return tars.map((_, number) => applyLayers(tars.slice(0, number + 1)));
}

/** What each layer holds once all are made anew. @param edits settled */
export function rebuiltLayers(states: readonly Tree[], edits: readonly Edit[]): readonly Tree[] {
  const edited = states.map((state) => applyEdits(state, edits));
  return edited.map((above, number) =>
    number === 0 ? above : changeset(edited[number - 1]!, above),
  );
}

/** As `umoci repack` leaves it: the layers as they were, and what differs in one more. Where nothing differs, none. */
async function addLayer(
  { descriptor, tree }: Image,
  asked: readonly Edit[],
  cache: Cache,
): Promise<ImageDescriptor> {
  const { id } = descriptor;
  const difference = changeset(tree, applyEdits(tree, settleEdits(tree, asked, id)), 'links');
  if (difference.entries.length === 0) return descriptor;
  const config = JSON.parse(descriptor.config) as Readonly<Record<string, unknown>>;
  const own = await compressLayers(await storeLayers(id, [difference], cache, config), cache);
  const layers = [...descriptor.layers, ...own.layers];
  const diffIds = layers.map(({ diffId }) => diffId);
  return {
    ...descriptor,
    digest: imageDigest(diffIds),
    layers,
    config: configOnTop(config, diffIds),
  };
}

/**
 * The configuration of an image that has one layer more.
 * @param diffIds of all its layers
 * @param by what made it
 */
export function configOnTop(
  config: Readonly<Record<string, unknown>>,
  diffIds: readonly string[],
  by = 'edited',
): string {
  const history = config['history'];
  return JSON.stringify({
    ...config,
    rootfs: { type: 'layers', diff_ids: diffIds },
    // Where a history is there, it has an entry for each layer.
    ...(Array.isArray(history) && { history: [...history, { created_by: by }] }),
  });
}
