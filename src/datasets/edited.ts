import { z } from 'zod';
import type { Cache } from '../images/cache.ts';
import type { Image, ImageDescriptor } from '../images/image.ts';
import { closeImage, openImage } from '../images/open.ts';
import { changeset } from '../trees/changeset.ts';
import { applyLayers } from '../trees/layers.ts';
import type { Tree } from '../trees/tree.ts';
import { applyEdits, checkEdits, type Edit, editSchema } from './edits.ts';
import { originOf, pinningOf } from './inner.ts';
import { compressLayers, recallImage, storeLayers } from './layer.ts';
import type { AnyProvider, Provider } from './provider.ts';

export interface EditedSource {
  readonly type: 'edited';
  /** The image that is edited: any other source. */
  readonly of: { readonly type: string };
  /** In order. */
  readonly edits: readonly Edit[];
}

/** Changes when the same edits would give another tree: what was built before is then built anew. */
const EDITOR = 'edited/1';

/**
 * An image as it would be, had its build left another root file system: all layers are made anew, each the difference
 * between the edited root file systems without and with it. Its pins are those of the image that is edited.
 *
 * @param origins where that image may come from
 */
export function createEdited(origins: readonly AnyProvider[]): Provider<EditedSource> {
  const edited: Provider<EditedSource> = {
    type: 'edited',
    title: 'another image with times, modes or contents changed',
    schema: z.strictObject({
      type: z.literal('edited'),
      of: z.discriminatedUnion(
        'type',
        origins.map(({ schema }) => schema) as unknown as [z.ZodObject],
      ) as unknown as z.ZodType<EditedSource['of']>,
      edits: z.array(editSchema).min(1),
    }),

    async identity(source, baseDirectory, pins) {
      const origin = originOf(origins, source.of);
      const own = await origin.identity(source.of as never, baseDirectory, pins);
      return JSON.stringify([EDITOR, source.edits, own]);
    },

    async fetch(source, { id }, pins, context) {
      const provider = originOf(origins, source.of);
      const origin = await provider.fetch(source.of as never, { id }, pins, context);
      const key = keyOf(origin, source.edits);
      const known = await recallImage(context.cache, key, id);
      if (known) return known;
      context.progress(`${id}: editing`);
      const image = openImage(origin);
      try {
        const built = await rebuild(image, source.edits, context.cache);
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
                const key = of.image && keyOf(of.image, source.edits);
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
function keyOf({ digest, config }: ImageDescriptor, edits: readonly Edit[]): string {
  return JSON.stringify([EDITOR, digest, config, edits]);
}

async function rebuild(
  { descriptor, layers, tree }: Image,
  edits: readonly Edit[],
  cache: Cache,
): Promise<ImageDescriptor> {
  const { id } = descriptor;
  checkEdits(tree, edits, id);
  const tars = layers.map(({ tar }) => tar);
  const changes: Tree[] = [];
  let below: Tree | undefined;
  for (const number of tars.keys()) {
    const above = applyEdits(applyLayers(tars.slice(0, number + 1)), edits);
    changes.push(below ? changeset(below, above) : above);
    below = above;
  }
  const config = JSON.parse(descriptor.config) as Readonly<Record<string, unknown>>;
  return compressLayers(await storeLayers(id, changes, cache, config), cache);
}
