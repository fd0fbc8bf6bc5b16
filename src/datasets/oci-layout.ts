import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { type Compression, decompressStream } from '../codecs/read.ts';
import { InputError, storageError, VerificationError } from '../errors.ts';
import type { Cache } from '../images/cache.ts';
import type { Descriptor, ImageDescriptor } from '../images/image.ts';
import {
  blobPath,
  findManifest,
  type LayoutDescriptor,
  readConfig,
  readManifest,
} from '../images/layout.ts';
import { imageDigest } from './layer.ts';
import type { Provider } from './provider.ts';

export interface OciLayoutSource {
  readonly type: 'oci-layout';
  readonly path: string;
  /** Value of org.opencontainers.image.ref.name; may be left out where the layout has one image. */
  readonly reference?: string | undefined;
  /** `os/architecture`, and `/variant` where it matters, where the reference is an index. */
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
    const manifest = readManifest(directory, findManifest(directory, source));
    const { config, diffIds } = readConfig(directory, manifest.config);
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
  if (cache.recall(`diff id of ${digest}`) === diffId && (await cache.isIntact(diffId))) {
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
