import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { InputError, storageError, VerificationError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Descriptor } from './image.ts';

/** The documents of an OCI image layout (image-spec, image-layout.md): each verified by size and digest before it is read. */

/** Which image of a layout. */
interface Wanted {
  /** Value of org.opencontainers.image.ref.name; may be left out where the layout has one image. */
  readonly reference?: string | undefined;
  /** `os/architecture` or `os/architecture/variant` where the reference is an index. */
  readonly platform: string;
}

export interface LayoutDescriptor extends Descriptor {
  readonly platform?: Platform | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

interface Index {
  readonly mediaType?: string | undefined;
  readonly manifests: readonly LayoutDescriptor[];
}

interface Manifest {
  readonly mediaType?: string | undefined;
  readonly config: LayoutDescriptor;
  readonly layers: readonly LayoutDescriptor[];
}

const digestSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const descriptorSchema: z.ZodType<LayoutDescriptor> = z.looseObject({
  mediaType: z.string(),
  digest: digestSchema,
  size: z.int().nonnegative(),
  platform: z
    .looseObject({ os: z.string(), architecture: z.string(), variant: z.string().optional() })
    .optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
/** A document that could be read as an index and as a manifest is neither (CVE-2021-41190). */
const absent = z.undefined({ error: 'one document cannot be both an index and a manifest' });
const indexSchema: z.ZodType<Index> = z.looseObject({
  mediaType: z.string().optional(),
  manifests: z.array(descriptorSchema),
  config: absent.optional(),
  layers: absent.optional(),
});
const manifestSchema: z.ZodType<Manifest> = z.looseObject({
  mediaType: z.string().optional(),
  config: descriptorSchema,
  layers: z.array(descriptorSchema),
  manifests: absent.optional(),
});
const configSchema: z.ZodType<{ readonly rootfs: { readonly diff_ids: readonly string[] } }> =
  z.looseObject({ rootfs: z.looseObject({ diff_ids: z.array(digestSchema) }) });

/** The manifest's descriptor, through nested indexes. */
export function findManifest(directory: string, source: Wanted): LayoutDescriptor {
  const path = join(directory, 'index.json');
  const { manifests } = parse(decode(readBounded(path), path), indexSchema, path);
  const named = manifests.filter(
    ({ annotations }) =>
      source.reference === undefined ||
      annotations?.['org.opencontainers.image.ref.name'] === source.reference,
  );
  const [only, ...more] = named;
  const names = manifests.map(
    ({ annotations }) => annotations?.['org.opencontainers.image.ref.name'],
  );
  if (!only || more.length > 0) {
    throw new InputError(
      `${named.length} images match '${source.reference ?? ''}'`,
      { file: path },
      `give a reference: ${names.join(', ')}`,
    );
  }
  let found = only;
  for (let depth = 0; /index\.v1\+json|manifest\.list/.test(found.mediaType); depth++) {
    if (depth > 8)
      throw new InputError('indexes nest too deep', { file: path }, 'the layout is hostile');
    found = choosePlatform(
      readBlob(directory, found, indexSchema).manifests,
      source.platform,
      path,
    );
  }
  return found;
}

function choosePlatform(
  manifests: readonly LayoutDescriptor[],
  wanted: string,
  file: string,
): LayoutDescriptor {
  const [os, architecture, variant] = wanted.split('/');
  const found = manifests.find(
    ({ platform }) =>
      platform?.os === os &&
      platform?.architecture === architecture &&
      (variant === undefined || platform?.variant === variant),
  );
  if (found) return found;
  const known = manifests.map(({ platform }) =>
    [platform?.os, platform?.architecture, platform?.variant]
      .filter((part) => part !== undefined)
      .join('/'),
  );
  throw new InputError(`no image for ${wanted}`, { file }, `choose one of ${known.join(', ')}`);
}

export function readManifest(directory: string, descriptor: LayoutDescriptor): Manifest {
  checkManifestType(descriptor);
  return readBlob(directory, descriptor, manifestSchema);
}

/** The exact text of the configuration, and the digests of the uncompressed layers that it promises. */
export function readConfig(
  directory: string,
  descriptor: LayoutDescriptor,
): { readonly config: string; readonly diffIds: readonly string[] } {
  const config = readText(directory, descriptor);
  const { rootfs } = parse(config, configSchema, descriptor.digest);
  return { config, diffIds: rootfs.diff_ids };
}

function checkManifestType({ mediaType, digest }: LayoutDescriptor): void {
  if (/manifest\.v1\+json$|manifest\.v2\+json$/.test(mediaType)) return;
  throw new InputError(
    `unsupported media type ${mediaType}`,
    { file: digest },
    'only OCI and Docker schema 2 images are read',
  );
}

function readBlob<T extends { readonly mediaType?: string | undefined }>(
  directory: string,
  descriptor: LayoutDescriptor,
  wanted: z.ZodType<T>,
): T {
  const document = parse(readText(directory, descriptor), wanted, descriptor.digest);
  const { mediaType = descriptor.mediaType } = document;
  if (mediaType === descriptor.mediaType) return document;
  throw new InputError(
    `it says it is ${mediaType}, its descriptor ${descriptor.mediaType}`,
    { file: descriptor.digest, field: 'mediaType' },
    'the image is damaged: fetch it again',
  );
}

function readText(directory: string, { digest, size }: LayoutDescriptor): string {
  const path = blobPath(directory, digest);
  if (size > limits.manifestBytes) {
    throw new InputError(
      `a manifest of ${size} bytes`,
      { file: path },
      'raise limits.manifestBytes',
    );
  }
  const bytes = readBounded(path);
  const actual = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (actual !== digest || bytes.length !== size) {
    throw new VerificationError(
      `blob has ${bytes.length} bytes and ${actual}`,
      { file: path },
      'fetch the image again',
    );
  }
  return decode(bytes, path);
}

function readBounded(path: string): Uint8Array {
  try {
    const { size } = statSync(path);
    if (size > limits.manifestBytes) {
      throw new InputError(
        `a manifest of ${size} bytes`,
        { file: path },
        'raise limits.manifestBytes',
      );
    }
    return readFileSync(path);
  } catch (error) {
    throw storageError(error, path);
  }
}

/** Exact: a byte-order mark stays, and is then no JSON. */
function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new InputError('not UTF-8', { file: path }, 'fetch the image again', { cause });
  }
}

function parse<T>(text: string, wanted: z.ZodType<T>, file: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError('not JSON', { file }, 'fetch the image again', { cause });
  }
  const result = wanted.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new InputError(
    issue.message,
    { file, field: issue.path.join('.') },
    'fetch the image again',
  );
}

export function blobPath(directory: string, digest: string): string {
  return join(directory, 'blobs', 'sha256', digest.slice('sha256:'.length));
}
