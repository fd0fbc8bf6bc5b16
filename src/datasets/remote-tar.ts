import { InputError } from '../errors.ts';
import { imageDigest } from '../images/digest.ts';
import { download } from '../images/download.ts';
import { fileCompression } from '../images/files.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { guardedFetch, isLoopback, trustUrl } from '../images/registry/addresses.ts';
import { knownDiffId, storeBlob } from './layer.ts';
import type { FetchContext, Outlook } from './provider.ts';
import { inspectArchive } from './tar-file.ts';

/** A tar on a server, plain or compressed by gzip, zstd or xz. */
export interface RemoteTar {
  readonly url: string;
  /** Of the file as it is served: hexadecimal. Another server with the same bytes will do. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** What registries call a layer so compressed; they take no other. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  none: 'application/vnd.oci.image.layer.v1.tar',
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
};

/** Manifests are published: a URL in one carries no password, and means the same to everybody. */
export function isPublicUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  const isPlain = protocol === 'http:' && isLoopback(hostname);
  return (protocol === 'https:' || isPlain) && `${username}${password}` === '';
}

/** The tar is the one layer, and its file, where a registry would take it, the blob that was delivered. */
export async function fetchTar(
  id: string,
  { url, sha256, size }: RemoteTar,
  config: Readonly<Record<string, unknown>>,
  context: FetchContext,
): Promise<ImageDescriptor> {
  const digest = `sha256:${sha256}`;
  context.progress(`${id}: ${url}`);
  const { path } = await download(
    { url, digest, size },
    {
      ...context,
      remedy: 'give another URL of the same file, or a folder that has it by `--from DIR`',
      fetch: guardedFetch(context.fetch, trustUrl(new URL(url))),
    },
  );
  await checkTar(path, url);
  const mediaType = MEDIA_TYPES[fileCompression(path)];
  const blob = { mediaType: mediaType ?? 'application/x-tar', digest, size, path };
  const { diffId } = await storeBlob(blob, undefined, context.cache);
  const layer = { diffId, path: context.cache.blobPath(diffId) };
  const rootfs = { type: 'layers', diff_ids: [diffId] };
  return {
    id,
    digest: imageDigest([diffId]),
    layers: [mediaType === undefined ? layer : { ...layer, delivered: blob }],
    config: JSON.stringify({ ...config, rootfs }),
  };
}

/** The blob of the cache is told by its address. Damage is met when it is unpacked. */
async function checkTar(path: string, url: string): Promise<void> {
  try {
    if ((await inspectArchive(path, 'what it is')) !== undefined) return;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  throw new InputError(
    'what the server has is no tar, plain or compressed',
    { url },
    'correct the URL, sha256 and size in the manifest',
  );
}

export function tarOutlook(
  { url, sha256, size }: RemoteTar,
  { cache }: FetchContext,
): Pick<Required<Outlook>, 'missing'> & { readonly isUnpacked: boolean } {
  const digest = `sha256:${sha256}`;
  if (!cache.has(digest, size)) return { missing: [{ digest, size, url }], isUnpacked: false };
  const diffId = knownDiffId(digest, cache);
  return { missing: [], isUnpacked: diffId !== undefined && cache.has(diffId) };
}
