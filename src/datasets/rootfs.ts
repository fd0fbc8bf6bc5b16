import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { type Compression, decompressStream } from '../codecs/read.ts';
import { storageError } from '../errors.ts';
import { imageDigest } from '../images/digest.ts';
import { digestFile } from '../images/file-digest.ts';
import { fileCompression } from '../images/files.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { checkLayerNames } from '../serialisers/check.ts';
import { changed, isInState, settledState } from '../streams/file-state.ts';
import { hashSource } from '../streams/source.ts';
import type { Tree } from '../trees/tree.ts';
import { blobSize } from './blob-size.ts';
import { isDirectory, readDirectory } from './directory.ts';
import { storeLayers } from './layer.ts';
import type { FetchContext, Outlook, Provider } from './provider.ts';
import { fetchTar, isPublicUrl, type RemoteTar, tarOutlook } from './remote-tar.ts';
import { checkTarFile } from './tar-file.ts';

export type RootfsSource = RootfsFile | RootfsUrl;

interface RootfsFile {
  readonly type: 'rootfs';
  /** A tar, plain or compressed by gzip, zstd or xz, or a directory. */
  readonly path: string;
}

interface RootfsUrl extends RemoteTar {
  readonly type: 'rootfs';
}

const FORMS = 'give either path, or url, sha256 and size';

const schema: z.ZodType<RootfsSource> = z
  .strictObject({
    type: z.literal('rootfs'),
    path: z.string().min(1).optional(),
    url: z
      .string()
      .refine(isPublicUrl, 'give an https URL without a password; http for loopback addresses only')
      .optional(),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'give 64 lower-case hexadecimal digits')
      .optional(),
    size: blobSize.optional(),
  })
  .superRefine(({ path, url, sha256, size }, check) => {
    const remote = { url, sha256, size };
    for (const [field, value] of Object.entries(remote)) {
      if ((value === undefined) === (path === undefined)) {
        check.addIssue({ code: 'custom', path: [field], message: FORMS });
      }
    }
  })
  .meta({
    oneOf: [{ required: ['path'] }, { required: ['url', 'sha256', 'size'] }],
  }) as unknown as z.ZodType<RootfsSource>;

const CONFIG = { architecture: 'unknown', os: 'linux', config: {} };

export const rootfs: Provider<RootfsSource> = {
  type: 'rootfs',
  title: 'a root file system as a tar or a directory, or a tar on a server pinned by sha256',
  schema,

  async identity(source, baseDirectory) {
    if ('url' in source) return `rootfs as delivered ${source.sha256}`;
    const place = resolve(baseDirectory, source.path);
    const digest = isDirectory(place)
      ? digestDirectory(readDirectory(place))
      : (await verifiedTar(place)).digest.slice('sha256:'.length);
    identified.set(place, digest);
    return `rootfs ${digest}`;
  },

  async fetch(source, { id }, _pins, context): Promise<ImageDescriptor> {
    if ('url' in source) return fetchTar(id, source, CONFIG, context);
    const place = resolve(context.baseDirectory, source.path);
    if (!isDirectory(place)) return storeTar(id, place, context);
    const tree = readDirectory(place);
    checkLayerNames(tree);
    const image = await storeLayers(id, [tree], context.cache, CONFIG);
    checkIdentified(place, digestDirectory(readDirectory(place)));
    return image;
  },

  pinnedBytes(source, _pins, baseDirectory) {
    if ('url' in source) return undefined;
    const facts = statSync(resolve(baseDirectory, source.path), { throwIfNoEntry: false });
    return facts?.isFile() ? facts.size : undefined;
  },

  async outlook(source, { id }, _pins, context): Promise<Outlook> {
    if ('url' in source) {
      const { missing, isUnpacked } = tarOutlook(source, context);
      return isUnpacked
        ? { missing, image: await fetchTar(id, source, CONFIG, context) }
        : { missing };
    }
    const place = resolve(context.baseDirectory, source.path);
    if (isDirectory(place)) {
      const { sources } = readDirectory(place);
      return { missing: [], layerBytes: sources.reduce((sum, { length }) => sum + length, 0) };
    }
    if (fileCompression(place) !== 'none') return { missing: [] };
    return { missing: [], image: imageOf(id, await ownLayer(place)) };
  },
};

/** Digests of what datasets were identified by, by path: what is fetched must be the same. */
const identified = new Map<string, string>();

function checkIdentified(place: string, digest: string): void {
  if ((identified.get(place) ?? digest) !== digest) throw changed(place);
}

function digestDirectory(tree: Tree): string {
  const hash = createHash('sha256');
  for (const { path: name, inode } of tree.entries) {
    const { segments: _segments, xattrs: _xattrs, target, ...facts } = inode;
    hash.update(JSON.stringify([name, { ...facts, mtime: String(facts.mtime) }, [...target]]));
    for (const { source } of inode.segments) hashSource(tree.sources[source]!, hash);
  }
  return hash.digest('hex');
}

interface VerifiedTar {
  /** Of the file, however it is compressed: `sha256:…`. */
  readonly digest: string;
  /** In which it has that digest. */
  readonly state: string;
}

/** By path: who asks for the identity of a dataset asks for its images next. */
const verified = new Map<string, VerifiedTar>();

/** By path: what is being computed. */
const pending = new Map<string, Promise<VerifiedTar | undefined>>();

/** Leaves the digest of a tar to somebody else, a thread. Where that fails, it is computed again, and said why. */
export function digestElsewhere(path: string, state: string, digest: Promise<string>): void {
  const made = digest.then((found) =>
    isInState(statSync(path), state) ? { digest: found, state } : undefined,
  );
  pending.set(
    path,
    made.catch(() => undefined),
  );
}

async function verifiedTar(path: string): Promise<VerifiedTar> {
  try {
    const made = await pending.get(path);
    if (made) verified.set(path, made);
    pending.delete(path);
    const known = verified.get(path);
    if (known && isInState(statSync(path), known.state)) return known;
    const state = await settledState(path);
    const digest = await digestFile(path);
    if (!isInState(statSync(path), state)) throw changed(path);
    verified.set(path, { digest, state });
    return { digest, state };
  } catch (error) {
    throw storageError(error, path);
  }
}

/** The tar as it is becomes the layer: it stays where it is, and is copied into the cache only where it is compressed. */
async function storeTar(id: string, path: string, context: FetchContext): Promise<ImageDescriptor> {
  await checkTarFile(path);
  const compression = fileCompression(path);
  const isOwn = compression === 'none';
  return imageOf(id, isOwn ? await ownLayer(path) : await unpackTar(path, compression, context));
}

function imageOf(id: string, layer: ImageDescriptor['layers'][number]): ImageDescriptor {
  const config = { ...CONFIG, rootfs: { type: 'layers', diff_ids: [layer.diffId] } };
  return {
    id,
    digest: imageDigest([layer.diffId]),
    layers: [layer],
    config: JSON.stringify(config),
  };
}

async function ownLayer(path: string): Promise<ImageDescriptor['layers'][number]> {
  const { digest, state } = await verifiedTar(path);
  checkIdentified(path, digest.slice('sha256:'.length));
  return { diffId: digest, path, state };
}

async function unpackTar(
  path: string,
  compression: Compression,
  { cache }: FetchContext,
): Promise<ImageDescriptor['layers'][number]> {
  const { digest, state } = await verifiedTar(path);
  checkIdentified(path, digest.slice('sha256:'.length));
  // A decompressor may still hold a chunk when it asks for the next.
  const bytes = createReadStream(path, { highWaterMark: 1 << 20 });
  const tar = await cache.store(decompressStream(bytes, compression, { file: path }));
  if (!isInState(statSync(path), state)) throw changed(path);
  return { diffId: tar.digest, path: tar.path };
}
