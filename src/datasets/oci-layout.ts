import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type Compression, decompressStream } from '../codecs/read.ts';
import { InputError, storageError, VerificationError } from '../errors.ts';
import type { Cache } from '../images/cache.ts';
import type { Descriptor, ImageDescriptor } from '../images/image.ts';
import { limits } from '../limits.ts';
import { imageDigest } from './layer.ts';
import type { Provider } from './provider.ts';

export interface OciLayoutSource {
  readonly type: 'oci-layout';
  readonly path: string;
  /** Value of org.opencontainers.image.ref.name; may be left out where the layout has one image. */
  readonly reference?: string | undefined;
  /** `os/architecture` where the reference is an index. */
  readonly platform: string;
}

const schema: z.ZodType<OciLayoutSource> = z.strictObject({
  type: z.literal('oci-layout'),
  path: z.string().min(1),
  reference: z.string().optional(),
  platform: z
    .string()
    .regex(/^[a-z0-9]+\/[a-z0-9]+(\/[a-z0-9]+)?$/)
    .default('linux/amd64'),
});

const descriptorSchema = z.looseObject({
  mediaType: z.string(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  size: z.int().nonnegative(),
  platform: z.looseObject({ os: z.string(), architecture: z.string() }).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
const indexSchema = z.looseObject({ manifests: z.array(descriptorSchema) });
const manifestSchema = z.looseObject({
  config: descriptorSchema,
  layers: z.array(descriptorSchema),
});
const configSchema = z.looseObject({
  rootfs: z.looseObject({ diff_ids: z.array(z.string().regex(/^sha256:[0-9a-f]{64}$/)) }),
});

type LayoutDescriptor = z.infer<typeof descriptorSchema>;

/** An image in an OCI image layout (image-spec, image-layout.md): every blob verified by size and digest, layers also by diff id. */
export const ociLayout: Provider<OciLayoutSource> = {
  type: 'oci-layout',
  title: 'images in an OCI image layout directory',
  schema,

  identity(source, baseDirectory) {
    const directory = resolve(baseDirectory, source.path);
    return `oci-layout ${findManifest(directory, source).digest}`;
  },

  async fetch(source, { id }, _pins, context): Promise<ImageDescriptor> {
    const directory = resolve(context.baseDirectory, source.path);
    const where = { image: id };
    const manifest = readBlob(directory, findManifest(directory, source), manifestSchema);
    const config = readText(directory, manifest.config);
    const { rootfs } = parse(config, configSchema, manifest.config.digest);
    const diffIds = rootfs.diff_ids;
    if (diffIds.length !== manifest.layers.length) {
      throw new InputError(
        `${manifest.layers.length} layers but ${diffIds.length} diff ids`,
        where,
        'the image is damaged: fetch it again',
      );
    }
    const layers = [];
    for (const [index, layer] of manifest.layers.entries()) {
      context.signal?.throwIfAborted();
      context.progress(`${id}: layers`, index + 1, manifest.layers.length);
      layers.push(await unpackLayer(directory, layer, diffIds[index]!, context.cache));
    }
    return { id, digest: imageDigest(diffIds), layers, config };
  },
};

async function unpackLayer(
  directory: string,
  { mediaType, digest, size }: LayoutDescriptor,
  diffId: string,
  cache: Cache,
): Promise<ImageDescriptor['layers'][number]> {
  const path = blobPath(directory, digest);
  const delivered: Descriptor & { readonly path: string } = { mediaType, digest, size, path };
  const where = { layer: digest };
  const bytes = verified(path, digest, size);
  // What was unpacked once under this digest need not be unpacked again; the blob itself may have changed since.
  if (cache.recall(`diff id of ${digest}`) === diffId && cache.has(diffId)) {
    for await (const _chunk of bytes);
  } else {
    const compression = compressionOf(mediaType, digest);
    const tar = decompressStream(bytes, compression, where);
    await cache.store(tar, { digest: diffId }, where);
    cache.remember(`diff id of ${digest}`, diffId);
  }
  return { diffId, path: cache.blobPath(diffId), delivered };
}

/** Passes bytes on and throws at the end where they are not what was promised. */
async function* verified(path: string, digest: string, size: number): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let length = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      hash.update(chunk as Uint8Array);
      length += (chunk as Uint8Array).length;
      yield chunk as Uint8Array;
    }
  } catch (error) {
    throw storageError(error, path);
  }
  const actual = `sha256:${hash.digest('hex')}`;
  if (actual === digest && length === size) return;
  throw new VerificationError(
    `blob has ${length} bytes and ${actual}`,
    { file: path },
    'fetch the image again',
  );
}

function compressionOf(mediaType: string, layer: string): Compression {
  if (/\.tar$/.test(mediaType)) return 'none';
  if (/[+.]gzip$/.test(mediaType)) return 'gzip';
  if (/[+.]zstd$/.test(mediaType)) return 'zstd';
  throw new InputError(
    `unknown media type ${mediaType}`,
    { layer },
    'only tar layers, plain, gzip or zstd, are read',
  );
}

/** The manifest's descriptor, through nested indexes. */
function findManifest(directory: string, source: OciLayoutSource): LayoutDescriptor {
  const path = join(directory, 'index.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw storageError(error, path);
  }
  const { manifests } = parse(text, indexSchema, path);
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
  const [os, architecture] = wanted.split('/');
  const found = manifests.find(
    ({ platform }) => platform?.os === os && platform?.architecture === architecture,
  );
  if (found) return found;
  const known = manifests.map(({ platform }) => `${platform?.os}/${platform?.architecture}`);
  throw new InputError(`no image for ${wanted}`, { file }, `choose one of ${known.join(', ')}`);
}

function readBlob<T>(directory: string, descriptor: LayoutDescriptor, wanted: z.ZodType<T>): T {
  return parse(readText(directory, descriptor), wanted, descriptor.digest);
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
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw storageError(error, path);
  }
  const actual = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (actual !== digest || bytes.length !== size) {
    throw new VerificationError(
      `blob has ${bytes.length} bytes and ${actual}`,
      { file: path },
      'fetch the image again',
    );
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
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

function blobPath(directory: string, digest: string): string {
  return join(directory, 'blobs', 'sha256', digest.slice('sha256:'.length));
}
