import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { ImageDescriptor } from '../images/image.ts';
import { openImage } from '../images/open.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import { LoopbackServer } from './loopback-server.ts';
import { sketchTree } from './trees.ts';

/** A registry whose every answer a test may change (OCI distribution specification 1.1, §Pull); `requests` are method and path. */

/** True where it has answered; else the registry does. */
export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  index: number,
) => boolean;

export interface Served {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export const TYPES = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar',
} as const;

export const sha256 = (bytes: Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export class ScriptedRegistry extends LoopbackServer {
  readonly repository: string = 'team/image';
  handler: Handler = () => false;
  readonly #blobs = new Map<string, Uint8Array>();
  readonly #manifests = new Map<string, { readonly bytes: Uint8Array; readonly type: string }>();
  reference(name: string): string {
    return `${this.host}/${this.repository}${name.startsWith('sha256:') ? '@' : ':'}${name}`;
  }

  putBlob(mediaType: string, content: unknown): Served {
    const bytes = toBytes(content);
    const digest = sha256(bytes);
    this.#blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  }

  /** Under its digest, and under a tag where one is given. */
  putManifest(type: string, content: unknown, tag?: string): Served {
    const bytes = toBytes(content);
    const digest = sha256(bytes);
    for (const name of tag === undefined ? [digest] : [digest, tag]) {
      this.#manifests.set(name, { bytes, type });
    }
    return { mediaType: type, digest, size: bytes.length };
  }

  protected answer(request: IncomingMessage, response: ServerResponse): void {
    const index = this.requests.push(`${request.method} ${request.url}`) - 1;
    if (this.handler(request, response, index)) return;
    const [, kind, name = ''] =
      new RegExp(`^/v2/${this.repository}/(manifests|blobs)/([^/]+)$`).exec(request.url ?? '') ??
      [];
    const found =
      kind === 'manifests'
        ? this.#manifests.get(name)
        : kind === 'blobs' && this.#blobs.has(name)
          ? { bytes: this.#blobs.get(name)!, type: 'application/octet-stream' }
          : undefined;
    if (!found) {
      response.writeHead(404).end();
      return;
    }
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const { bytes, type } = found;
    response.writeHead(start > 0 ? 206 : 200, {
      'content-type': type,
      'content-length': bytes.length - start,
      ...(start > 0
        ? { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }
        : {}),
    });
    response.end(bytes.subarray(start));
  }
}

/** Two layers, of which the second deletes a file of the first. */
export const sampleTars: readonly Uint8Array[] = [
  sketchTree({
    etc: { type: 'directory' },
    'etc/a': { content: 'one' },
    'etc/b': { content: 'two' },
  }),
  sketchTree({ etc: { type: 'directory' }, 'etc/.wh.a': {}, 'etc/c': { content: 'three' } }),
].map((tree) => readAll(treeToTar(tree)));

/** Paths of its tree. */
export const SAMPLE_PATHS: readonly string[] = ['', 'etc', 'etc/b', 'etc/c'];

/** Of all entries of an image. */
export const pathsIn = (image: ImageDescriptor): readonly string[] =>
  openImage(image).tree.entries.map(({ path }) => path);

export interface ImageOptions {
  readonly tag?: string;
  readonly architecture?: string;
  readonly isDocker?: boolean;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** The sample image: its first layer plain, its second by gzip. */
export function putSampleImage(
  registry: ScriptedRegistry,
  { tag, architecture = 'amd64', isDocker = false, more = {} }: ImageOptions = {},
): Served {
  const config = registry.putBlob(isDocker ? TYPES.dockerConfig : TYPES.config, {
    os: 'linux',
    architecture,
    rootfs: { type: 'layers', diff_ids: sampleTars.map(sha256) },
  });
  const layers = [
    registry.putBlob(isDocker ? TYPES.dockerLayer : TYPES.layer, sampleTars[0]),
    registry.putBlob(
      isDocker ? `${TYPES.dockerLayer}.gzip` : `${TYPES.layer}+gzip`,
      gzipSync(sampleTars[1]!),
    ),
  ];
  const type = isDocker ? TYPES.dockerManifest : TYPES.manifest;
  return registry.putManifest(
    type,
    { schemaVersion: 2, mediaType: type, config, layers, ...more },
    tag,
  );
}

function toBytes(content: unknown): Uint8Array {
  return content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content));
}
