import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { BUILDER_LEVEL } from '../codecs/delivered.ts';
import { gzipStream } from '../codecs/gzip.ts';
import { type Compression, decompressStream, detectCompression } from '../codecs/read.ts';
import { InputError, storageError, VerificationError } from '../errors.ts';
import { type Cache, verify } from '../images/cache.ts';
import type { Descriptor, ImageDescriptor } from '../images/image.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { type ByteSource, FileSource, readRange } from '../streams/source.ts';
import type { Tree } from '../trees/tree.ts';

const STEP = 4 << 20;

/** Writes trees as the layers of an image into the cache, lowest first. `config` lacks nothing but the layers. */
export async function storeLayers(
  id: string,
  trees: readonly Tree[],
  cache: Cache,
  config: Readonly<Record<string, unknown>>,
): Promise<ImageDescriptor> {
  const layers: ImageDescriptor['layers'][number][] = [];
  for (const tree of trees) {
    const { digest, path } = await cache.store(pieces(treeToTar(tree)));
    layers.push({ diffId: digest, path });
  }
  const diffIds = layers.map(({ diffId }) => diffId);
  const rootfs = { type: 'layers', diff_ids: diffIds };
  return {
    id,
    digest: imageDigest(diffIds),
    layers,
    config: JSON.stringify({ ...config, rootfs }),
  };
}

/** The image as a builder would push it: every layer with its gzip blob. */
export async function compressLayers(
  image: ImageDescriptor,
  cache: Cache,
): Promise<ImageDescriptor> {
  const layers: ImageDescriptor['layers'][number][] = [];
  for (const { diffId, path } of image.layers) {
    layers.push({ diffId, path, delivered: await compressLayer(diffId, path, cache) });
  }
  return { ...image, layers };
}

/** A layer that several images have is compressed once. */
async function compressLayer(
  diffId: string,
  path: string,
  cache: Cache,
): Promise<Descriptor & { readonly path: string }> {
  const key = `gzip level ${BUILDER_LEVEL} of ${diffId}`;
  const known = cache.recall(key) as Descriptor | undefined;
  if (known && (await cache.isIntact(known.digest, known.size))) {
    return { ...known, path: cache.blobPath(known.digest) };
  }
  const source = new FileSource(path);
  const { digest, size, path: blob } = await cache.store(gzipStream(pieces(source), BUILDER_LEVEL));
  source.close();
  const descriptor = { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest, size };
  cache.remember(key, descriptor);
  return { ...descriptor, path: blob };
}

/** What was built and remembered under a key before, where all of it is still in the cache, intact. */
export async function recallImage(
  cache: Cache,
  key: string,
  id: string,
): Promise<ImageDescriptor | undefined> {
  const known = cache.recall(key) as Partial<ImageDescriptor> | undefined;
  if (!known?.layers) return undefined;
  const layers: ImageDescriptor['layers'][number][] = [];
  for (const { diffId, delivered } of known.layers) {
    if (!delivered || !(await cache.isIntact(delivered.digest, delivered.size))) return undefined;
    if (!(await cache.isIntact(diffId))) return undefined;
    const blob = { ...delivered, path: cache.blobPath(delivered.digest) };
    layers.push({ diffId, path: cache.blobPath(diffId), delivered: blob });
  }
  return { ...(known as ImageDescriptor), id, layers };
}

/** A layer from its blob, verified by size and digest, and the uncompressed layer by its diff id. */
export async function unpackBlob(
  delivered: Descriptor & { readonly path: string },
  diffId: string,
  cache: Cache,
): Promise<ImageDescriptor['layers'][number]> {
  const { digest, mediaType } = delivered;
  const where = { layer: digest };
  const bytes = verified(delivered);
  // What was unpacked once under this digest need not be unpacked again; the blob itself may have changed since.
  if (cache.recall(`diff id of ${digest}`) === diffId && (await cache.isIntact(diffId))) {
    for await (const _chunk of bytes);
  } else {
    const compression = compressionOf(mediaType, digest);
    try {
      await cache.store(decompressStream(bytes, compression, where), { digest: diffId }, where);
    } catch (error) {
      throw otherCompression(error, delivered, compression);
    }
    cache.remember(`diff id of ${digest}`, diffId);
  }
  return { diffId, path: cache.blobPath(diffId), delivered };
}

/** Passes bytes on and throws at the end where they are not what was promised. */
async function* verified(blob: Descriptor & { readonly path: string }): AsyncGenerator<Uint8Array> {
  const { path } = blob;
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      hash.update(chunk as Uint8Array);
      size += (chunk as Uint8Array).length;
      yield chunk as Uint8Array;
    }
  } catch (error) {
    throw storageError(error, path);
  }
  verify({ digest: `sha256:${hash.digest('hex')}`, size }, blob, { file: path });
}

function compressionOf(mediaType: string, layer: string): Compression {
  if (/\.tar$/.test(mediaType)) return 'none';
  if (/\.tar[+.]gzip$/.test(mediaType)) return 'gzip';
  if (/\.tar[+.]zstd$/.test(mediaType)) return 'zstd';
  throw new InputError(
    `unknown media type ${mediaType}`,
    { layer },
    'only tar layers, plain, gzip or zstd, are read',
  );
}

/** Where bytes are no layer because they are compressed in another way than promised, an error that names both. */
function otherCompression(
  error: unknown,
  { path, digest, mediaType }: Descriptor & { readonly path: string },
  promised: Compression,
): unknown {
  if (!(error instanceof InputError || error instanceof VerificationError)) return error;
  const source = new FileSource(path);
  const found = detectCompression(readRange(source, 0, Math.min(8, source.length)));
  source.close();
  if (found === promised) return error;
  return new InputError(
    `the media type says ${promised}, the bytes are ${found === 'none' ? 'neither gzip, zstd, xz nor bzip2' : found}`,
    { layer: digest, field: 'mediaType' },
    `push the layer as what it is, not as ${mediaType}`,
    { cause: error },
  );
}

/** Identity of an image's content, whatever compressed it. */
export function imageDigest(diffIds: readonly string[]): string {
  return `sha256:${createHash('sha256').update(diffIds.join('\n')).digest('hex')}`;
}

export function* pieces(source: ByteSource): Generator<Uint8Array> {
  for (let offset = 0; offset < source.length; offset += STEP) {
    yield readRange(source, offset, Math.min(STEP, source.length - offset));
  }
}
