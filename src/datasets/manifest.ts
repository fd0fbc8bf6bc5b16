import * as z from 'zod';
import { limits } from '../limits.ts';
import { parseChecked } from './json.ts';
import { providers } from './providers.ts';
import { type PublishedFigure, publishedSchema } from './published.ts';
import { DECLARED_KINDS, type DeclaredKind } from './step-kind.ts';

/** What a dataset file says: data only. The schema is published as datasets/schema.json. */
export interface Manifest {
  readonly $schema?: string | undefined;
  readonly schemaVersion: 1;
  readonly id: string;
  /** MAJOR when existing images change, MINOR when some are added, PATCH for words (as Croissant 1.0 counts). */
  readonly version: string;
  readonly title: string;
  readonly description: string;
  /** Why these images and no others. */
  readonly why: string;
  readonly license: { readonly manifest: string; readonly content: string };
  readonly citeAs: string;
  /** For whoever thinks of fetching it: `ten images of 28 MB compressed`. */
  readonly expectedSize?: string | undefined;
  /** What others have published on the same images, word for word. */
  readonly published?: readonly PublishedFigure[] | undefined;
  readonly images: readonly ManifestImage[];
}

export interface ManifestImage {
  readonly id: string;
  readonly title: string;
  readonly source: { readonly type: string };
  /** What the step from the image before is, where its content does not say so; see METHODS.md, "Steps". */
  readonly step?: DeclaredKind | undefined;
}

/** What contents say is not declared; undefined for words that are none of a step. */
function stepFault({ input }: { readonly input?: unknown }): string | undefined {
  if (!['update', 'upgrade', 'release'].includes(String(input))) return undefined;
  return `an update and a release are told from the contents of the images: leave 'step' out, or give ${DECLARED_KINDS.join(', ')}`;
}

const imageId: z.ZodType<string> = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'use letters, digits, dots, hyphens, underscores');

export const manifestSchema: z.ZodType<Manifest> = z.strictObject({
  $schema: z.string().optional(),
  schemaVersion: z.literal(1),
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{0,63}$/, 'use lower-case letters, digits, dots, hyphens'),
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'give MAJOR.MINOR.PATCH'),
  title: z.string().min(1),
  description: z.string().min(1),
  why: z.string().min(1),
  license: z.strictObject({ manifest: z.string(), content: z.string() }),
  citeAs: z.string().min(1),
  expectedSize: z.string().min(1).optional(),
  published: z.array(publishedSchema).min(1).optional(),
  images: z
    .array(
      z.strictObject({
        id: imageId,
        title: z.string().min(1),
        source: z.discriminatedUnion(
          'type',
          providers.map(({ schema }) => schema) as unknown as [z.ZodObject],
        ) as unknown as z.ZodType<{ readonly type: string }>,
        step: z.enum(DECLARED_KINDS, { error: stepFault }).optional(),
      }),
    )
    .min(1)
    .max(limits.images),
});

/** Reads a manifest. Throws an InputError that names file, line and field, and says what is expected there. */
export function parseManifest(text: string, file: string): Manifest {
  const { value, fault } = parseChecked(text, file, manifestSchema, 'see datasets/schema.json');
  const seen = new Set<string>();
  for (const [index, { id }] of value.images.entries()) {
    if (seen.has(id)) throw fault(['images', index, 'id'], `image '${id}' is there twice`);
    seen.add(id);
    if (index === 0 && value.images[0]!.step !== undefined) {
      throw fault(['images', 0, 'step'], 'there is no step to the first image');
    }
  }
  return value;
}
