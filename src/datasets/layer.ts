import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { BUILDER_LEVEL } from '../codecs/delivered.ts';
import { gzipStream } from '../codecs/gzip.ts';
import { type Compression, compressionOf, decompressStream } from '../codecs/read.ts';
import { InputError, storageError, VerificationError } from '../errors.ts';
import { type Cache, verify } from '../images/cache.ts';
import { imageDigest } from '../images/digest.ts';
import type { ImageDocuments } from '../images/documents.ts';
import type { Descriptor, ImageDescriptor } from '../images/image.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { FileSource, pieces } from '../streams/source.ts';
import type { Tree } from '../trees/tree.ts';
import type { FetchContext } from './provider.ts';

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
  for (const layer of image.layers) {
    layers.push({ ...layer, delivered: await compressLayer(layer.diffId, layer.path, cache) });
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

/**
 * An image of layers that somebody delivered: each verified by size and digest, and uncompressed by its diff id.
 *
 * @param pathOf of a blob, which need not be verified yet
 */
export async function unpackImage(
  id: string,
  { layers, config, warnings: said }: ImageDocuments & { readonly warnings: readonly string[] },
  pathOf: (blob: Descriptor) => string | Promise<string>,
  { cache, signal, progress }: FetchContext,
): Promise<ImageDescriptor> {
  const unpacked: ImageDescriptor['layers'][number][] = [];
  const warnings = [...said];
  for (const [index, { diffId, mediaType, digest, size }] of layers.entries()) {
    signal?.throwIfAborted();
    progress(`${id}: layers`, index + 1, layers.length);
    const blob = { mediaType, digest, size };
    const delivered = { ...blob, path: await pathOf(blob) };
    const { compression: found } = await storeBlob(delivered, diffId, cache);
    const promised = promisedCompression(mediaType);
    if (found !== promised) {
      const said =
        mediaType === '' ? 'no media type' : `the media type says ${promised ?? mediaType}`;
      warnings.push(
        `layer ${digest}: ${said}, the bytes are ${found === 'none' ? 'not compressed' : found}`,
      );
    }
    unpacked.push({ diffId, path: cache.blobPath(diffId), delivered });
  }
  const digest = imageDigest(layers.map(({ diffId }) => diffId));
  const image = { id, digest, layers: unpacked, config };
  return warnings.length > 0 ? { ...image, warnings } : image;
}

/** The diff id of a blob that was unpacked before; whether the tar is still there is not looked at. */
export function knownDiffId(digest: string, cache: Cache): string | undefined {
  const known = cache.recall(`diff id of ${digest}`);
  return typeof known === 'string' && /^sha256:[0-9a-f]{64}$/.test(known) ? known : undefined;
}

/**
 * A layer's tar into the cache. Says also what its bytes are compressed by, whatever the media type says.
 *
 * @param promised diff id; undefined where none is, as of a tar that is no layer of an image yet
 */
export async function storeBlob(
  delivered: Descriptor & { readonly path: string },
  promised: string | undefined,
  cache: Cache,
): Promise<{ readonly diffId: string; readonly compression: Compression }> {
  const { digest, size, path } = delivered;
  const where = { layer: digest };
  const source = new FileSource(path);
  verify({ digest, size: source.length }, { size }, { file: path });
  const compression = compressionOf(source);
  source.close();
  const bytes = verified(delivered);
  // What was unpacked once under this digest need not be unpacked again; the blob itself may have changed since.
  const known = knownDiffId(digest, cache);
  if (known !== undefined && known === (promised ?? known) && (await cache.isIntact(known))) {
    for await (const _chunk of bytes);
    return { diffId: known, compression };
  }
  try {
    const expected = promised === undefined ? {} : { digest: promised };
    const tar = decompressStream(bytes, compression, where);
    const { digest: diffId } = await cache.store(tar, expected, where);
    cache.remember(`diff id of ${digest}`, diffId);
    return { diffId, compression };
  } catch (error) {
    throw await builtSo(error, delivered, compression);
  }
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

/** undefined for a media type that names none that is known. */
function promisedCompression(mediaType: string): Compression | undefined {
  if (/\.tar$/.test(mediaType)) return 'none';
  return /\.tar[+.](gzip|zstd)$/.exec(mediaType)?.[1] as Compression | undefined;
}

/**
 * The error of a layer that cannot be read. Where the blob itself is not what its digest says, that is told first; where
 * it is, to fetch it again would bring the same bytes.
 */
async function builtSo(
  error: unknown,
  delivered: Descriptor & { readonly path: string },
  compression: Compression,
): Promise<unknown> {
  if (!(error instanceof InputError || error instanceof VerificationError)) return error;
  try {
    for await (const _chunk of verified(delivered));
  } catch (damage) {
    return damage;
  }
  const { mediaType } = delivered;
  const isPromised = promisedCompression(mediaType) === compression;
  const also = isPromised ? '' : `; its media type is ${mediaType || 'missing'}`;
  const type = error.constructor as typeof InputError;
  return new type(
    `${error.message}${also}`,
    error.where,
    'the digest is right, so it was built so: build and push the image again',
    { cause: error },
  );
}
