import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Descriptor } from './image.ts';
import type { Platform } from './platform.ts';

/** The JSON documents of an image as they are read: what Go reads, where null is the same as nothing. */

export interface DocumentDescriptor extends Descriptor {
  /** True where the list says no media type, and the document was asked for it. */
  readonly isTypedByContent?: boolean;
  readonly platform?: Platform | undefined;
  readonly artifactType?: string | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

export interface Index {
  readonly mediaType?: string | undefined;
  readonly manifests: readonly DocumentDescriptor[];
}

export interface Manifest {
  readonly mediaType?: string | undefined;
  readonly config: DocumentDescriptor;
  readonly layers: readonly DocumentDescriptor[];
}

export interface Config {
  readonly os?: string | undefined;
  readonly architecture?: string | undefined;
  readonly variant?: string | undefined;
  readonly rootfs: { readonly diff_ids: readonly string[] };
}

function absentIfNull<T>(schema: z.ZodType<T>): z.ZodType<T | undefined> {
  return schema.nullish().transform((value) => value ?? undefined);
}

function emptyIfNull<T>(schema: z.ZodType<T>): z.ZodType<readonly T[]> {
  return z
    .array(schema)
    .nullable()
    .transform((value) => value ?? []);
}

const digestSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/);
export const descriptorSchema: z.ZodType<DocumentDescriptor> = z
  .looseObject({
    mediaType: absentIfNull(z.string()).transform((text) => text ?? ''),
    digest: digestSchema,
    size: z.int().nonnegative(),
    platform: absentIfNull(
      z.looseObject({
        os: z.string(),
        architecture: z.string(),
        variant: absentIfNull(z.string()),
      }),
    ),
    artifactType: absentIfNull(z.string()),
    annotations: absentIfNull(z.record(z.string(), z.string())),
    data: absentIfNull(z.base64()),
  })
  .refine(isWhatItEmbeds, { path: ['data'], error: 'not the bytes that digest and size say' });

/** A descriptor may carry its blob (image-spec, descriptor.md): two clients must not read two things. */
function isWhatItEmbeds({
  data,
  digest,
  size,
}: Descriptor & { data?: string | undefined }): boolean {
  if (data === undefined) return true;
  const bytes = Buffer.from(data, 'base64');
  return (
    bytes.length === size && digest === `sha256:${createHash('sha256').update(bytes).digest('hex')}`
  );
}

/** A document that could be read as an index and as a manifest is neither (CVE-2021-41190). */
const absent = z.undefined({ error: 'one document cannot be both an index and a manifest' });
export const indexSchema: z.ZodType<Index> = z.looseObject({
  mediaType: absentIfNull(z.string()),
  manifests: emptyIfNull(descriptorSchema),
  config: absent.optional(),
  layers: absent.optional(),
});
export const manifestSchema: z.ZodType<Manifest> = z.looseObject({
  mediaType: absentIfNull(z.string()),
  config: descriptorSchema,
  layers: emptyIfNull(descriptorSchema),
  manifests: absent.optional(),
});
export const configSchema: z.ZodType<Config> = z.looseObject({
  os: absentIfNull(z.string()),
  architecture: absentIfNull(z.string()),
  variant: absentIfNull(z.string()),
  rootfs: z.looseObject({ diff_ids: emptyIfNull(digestSchema) }),
});
