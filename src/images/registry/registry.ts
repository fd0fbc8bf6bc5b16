import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { InputError, UnavailableError, type Where } from '../../errors.ts';
import { verify } from '../cache.ts';
import type { Documents } from '../documents.ts';
import { type DownloadContext, download } from '../download.ts';
import type { Descriptor } from '../image.ts';
import { GoneError, persist, type RequestContext, readBounded, request } from '../request.ts';
import { baseUrl, guardedFetch, trustOf } from './addresses.ts';
import { authorizedFetch } from './authorization.ts';
import { findCredentials } from './credentials.ts';
import { printReference, type Reference } from './reference.ts';

export interface RegistryContext extends DownloadContext {
  /** Registries, `HOST` or `HOST:PORT`, that plain HTTP may be spoken with. */
  readonly insecureRegistries?: readonly string[];
}

/** What is asked for by name; what else there is (schema 1) is refused by its media type. */
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/**
 * One repository of a registry (OCI distribution specification 1.1, §Pull). Manifests and blobs come through the cache:
 * what is there, intact, is not asked for.
 */
export class Registry implements Documents {
  readonly #reference: Reference;
  readonly #base: string;
  readonly #context: DownloadContext;

  constructor(reference: Reference, context: RegistryContext) {
    const { registry, repository } = reference;
    const trust = trustOf(registry, context.insecureRegistries ?? []);
    const base = baseUrl(registry, trust);
    const remedy = `check that ${printReference(reference)} is there, and log in with \`docker login ${registry}\` if it is not public`;
    const guarded: RequestContext = {
      ...context,
      remedy,
      fetch: guardedFetch(context.fetch, trust),
    };
    let credentials: ReturnType<typeof findCredentials> | undefined;
    const account = {
      origin: new URL(base).origin,
      repository,
      credentials: () => (credentials ??= findCredentials(registry)),
    };
    this.#reference = reference;
    this.#base = `${base}/v2/${repository}`;
    const { cache, local } = context;
    this.#context = { ...guarded, cache, local, fetch: authorizedFetch(guarded, account) };
  }

  /**
   * What the reference names today: an index or a manifest, verified where the reference has a digest. Throws an
   * UnavailableError (not there, refused), an InputError (no manifest) or a VerificationError.
   */
  async resolve(): Promise<Descriptor> {
    const { tag, digest } = this.#reference;
    const url = this.#manifestUrl(digest ?? tag ?? 'latest');
    const where = { url };
    const { bytes, mediaType } = await persist(url, this.#context, () =>
      request(url, { Accept: ACCEPT.join(', ') }, this.#context, async (answer) => ({
        bytes: await readBounded(answer, url),
        mediaType: (answer.headers.get('content-type') ?? '').split(';')[0]!.trim(),
      })),
    );
    if (!ACCEPT.includes(mediaType)) {
      throw new InputError(
        `unsupported media type '${mediaType}'`,
        where,
        'only OCI and Docker schema 2 images are read; perhaps something else answers for the registry',
      );
    }
    const actual = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    if (digest !== undefined) verify({ digest: actual, size: bytes.length }, { digest }, where);
    await this.#context.cache.store([bytes]);
    return { mediaType, digest: actual, size: bytes.length };
  }

  async read(descriptor: Descriptor): Promise<Uint8Array> {
    const isManifest = ACCEPT.includes(descriptor.mediaType);
    const path = await (isManifest ? this.#manifest(descriptor) : this.blob(descriptor));
    return readFileSync(path);
  }

  where(descriptor: Descriptor): Where {
    return { url: this.#urlOf(descriptor) };
  }

  /** Path in the cache, verified. */
  async blob(descriptor: Descriptor, signal?: AbortSignal): Promise<string> {
    return this.#download(descriptor, {}, signal);
  }

  async #manifest(descriptor: Descriptor): Promise<string> {
    return this.#download(descriptor, { Accept: descriptor.mediaType });
  }

  async #download(
    descriptor: Descriptor,
    headers: Readonly<Record<string, string>>,
    signal = this.#context.signal,
  ): Promise<string> {
    const { digest, size } = descriptor;
    const url = this.#urlOf(descriptor);
    try {
      return (await download({ url, digest, size, headers }, { ...this.#context, signal })).path;
    } catch (error) {
      if (!(error instanceof GoneError)) throw error;
      throw new UnavailableError(
        `the registry no longer has ${digest}`,
        error.where,
        'pin what it has now with `bench dataset relock NAME`: the dataset then has another digest',
      );
    }
  }

  #urlOf({ mediaType, digest }: Descriptor): string {
    return ACCEPT.includes(mediaType) ? this.#manifestUrl(digest) : `${this.#base}/blobs/${digest}`;
  }

  #manifestUrl(name: string): string {
    return `${this.#base}/manifests/${name}`;
  }
}
