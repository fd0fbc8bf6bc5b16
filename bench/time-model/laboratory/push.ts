import { UnavailableError } from '../../../src/errors.ts';
import { type Blob, blobsOf, MANIFEST_TYPE, type Packed } from '../../../src/packers/packer.ts';
import { readAll } from '../../../src/streams/source.ts';

/**
 * Puts a packed image into a registry on this machine (OCI distribution-spec, pushing): each blob by POST and PUT, then
 * the manifest. Loose objects are no blobs of the registry: a chunk store has them.
 */
export async function push(packed: Packed, port: number, repository: string): Promise<void> {
  const base = `http://127.0.0.1:${port}/v2/${repository}`;
  for (const blob of blobsOf(packed)) await pushBlob(base, blob);
  const { layerIndexes } = packed.output;
  if (layerIndexes) {
    const { descriptor, bytes } = layerIndexes.manifest;
    await pushManifest(`${base}/manifests/${descriptor.digest}`, readAll(bytes));
  }
  await pushManifest(`${base}/manifests/latest`, packed.manifest);
}

async function pushManifest(url: string, bytes: Uint8Array): Promise<void> {
  const headers = { 'content-type': MANIFEST_TYPE };
  await send(url, { method: 'PUT', body: bytes as Uint8Array<ArrayBuffer>, headers });
}

async function pushBlob(base: string, { descriptor, bytes }: Blob): Promise<void> {
  const uploads = `${base}/blobs/uploads/`;
  const location = (await send(uploads, { method: 'POST' })).get('location');
  if (location === null) throw new UnavailableError('no Location for an upload', { url: uploads });
  const url = new URL(location, uploads);
  url.searchParams.set('digest', descriptor.digest);
  await send(url.href, {
    method: 'PUT',
    body: readAll(bytes) as Uint8Array<ArrayBuffer>,
    headers: { 'content-type': 'application/octet-stream' },
  });
}

async function send(url: string, init: RequestInit): Promise<Headers> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (response.ok) return response.headers;
  throw new UnavailableError(
    `push refused (HTTP ${response.status}): ${text.slice(0, 200).trim()}`,
    { url },
    'see what the registry logs',
  );
}
