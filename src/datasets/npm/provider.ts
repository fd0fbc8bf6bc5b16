import * as z from 'zod';
import { UnavailableError } from '../../errors.ts';
import { nameInCache } from '../../images/blob-hash.ts';
import { imageDigest } from '../../images/digest.ts';
import { download, findHeld } from '../../images/download.ts';
import type { ImageDescriptor } from '../../images/image.ts';
import { guardedFetch, trustUrl } from '../../images/registry/addresses.ts';
import { blobSize } from '../blob-size.ts';
import { configOnTop } from '../edited.ts';
import { innerSchema, originOf, pinningOf } from '../inner.ts';
import { compressLayers, recallImage, storeLayers } from '../layer.ts';
import type { AnyProvider, FetchContext, Missing, Provider } from '../provider.ts';
import { findRegistry } from './config.ts';
import { withPackage } from './package.ts';

export interface NpmSource {
  readonly type: 'npm';
  /** The image below: any other source. */
  readonly on: { readonly type: string };
  readonly name: string;
  /** Exact: ranges and tags move. */
  readonly version: string;
  /** Of the tarball, as the registry and package-lock.json have it: `sha512-…`. */
  readonly integrity: string;
  /** Of the tarball: bytes. */
  readonly size: number;
}

/** Changes when the same tarball would give another layer: what was built before is then built anew. */
const BUILDER = 'npm/1';

/**
 * A package of an npm registry as a layer on another image. The manifest pins it by itself, since a version of a package is
 * one tarball with one digest; the lock has only what the image below is pinned to.
 *
 * @param origins where that image may come from
 */
export function createNpm(origins: readonly AnyProvider[]): Provider<NpmSource> {
  const npm: Provider<NpmSource> = {
    type: 'npm',
    title: 'a package of an npm registry, pinned by sha512, as a layer on another image',
    schema: z.strictObject({
      type: z.literal('npm'),
      on: innerSchema(origins),
      name: z
        .string()
        .max(214)
        .regex(/^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/, 'give a package name'),
      version: z
        .string()
        .regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, 'give an exact version such as 5.9.2'),
      integrity: z
        .string()
        .regex(
          /^sha512-[A-Za-z0-9+/]{86}==$/,
          'give sha512-… as `npm view NAME dist.integrity` does',
        ),
      size: blobSize,
    }),

    async identity({ on, name, version, integrity }, baseDirectory, pins) {
      const below = await originOf(origins, on).identity(on as never, baseDirectory, pins);
      return JSON.stringify([BUILDER, name, version, integrity, below]);
    },

    async fetch(source, { id }, pins, context): Promise<ImageDescriptor> {
      const origin = originOf(origins, source.on);
      const base = await origin.fetch(source.on as never, { id }, pins, context);
      const key = keyOf(base, source);
      const known = await recallImage(context.cache, key, id);
      if (known) return known;
      const tarball = await fetchTarball(source, id, context);
      const layer = await packageLayer(tarball, source, id, context);
      const built = put(layer, base, id);
      context.cache.remember(key, built);
      return built;
    },

    async outlook(source, image, pins, context) {
      const own = tarballOf(source);
      const known = nameInCache(own.digest, context.cache);
      const isThere = known !== undefined && context.cache.has(known, own.size);
      const { outlook } = originOf(origins, source.on);
      const below = (await outlook?.(source.on as never, image, pins, context)) ?? {};
      const built =
        below.image && (await recallImage(context.cache, keyOf(below.image, source), image.id));
      if (built) return { missing: [], image: built };
      if (!below.missing) return {};
      if (isThere) return { missing: below.missing };
      return { missing: [...below.missing, { ...own, url: placeOf(source) }] };
    },

    bind(source) {
      return { ...npm, ...pinningOf(originOf(origins, source.on), source.on) };
    },
  };
  return npm;
}

/** Under which an image is remembered. */
function keyOf(
  { digest, config }: ImageDescriptor,
  { name, version, integrity }: NpmSource,
): string {
  return JSON.stringify([BUILDER, digest, config, name, version, integrity]);
}

/** As OCI writes digests. */
function tarballOf({ integrity, size }: NpmSource): Missing {
  const hex = Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex');
  return { digest: `sha512:${hex}`, size };
}

/** For people; where no registry is known, the path below the URL of any. */
function placeOf(source: NpmSource): string {
  try {
    return `${findRegistry(source.name).url}/${pathOf(source)}`;
  } catch (error) {
    if (error instanceof UnavailableError) return `${pathOf(source)} of an npm registry`;
    throw error;
  }
}

/** Below the URL of a registry: all have tarballs there. */
function pathOf({ name, version }: Pick<NpmSource, 'name' | 'version'>): string {
  return `${name}/-/${name.replace(/^@[^/]+\//, '')}-${version}.tgz`;
}

/** Path in the cache. No registry is looked for while it is there, or in the local folder. */
async function fetchTarball(
  source: NpmSource,
  image: string,
  context: FetchContext,
): Promise<string> {
  const { digest, size } = tarballOf(source);
  const held = await findHeld({ digest, size }, context);
  if (held) return held.path;
  context.progress(`${image}: ${source.name} ${source.version}`);
  const registry = findRegistry(source.name);
  const url = `${registry.url}/${pathOf(source)}`;
  const authorization = registry.authorization(url);
  const address = new URL(url);
  const stored = await download(
    { url, digest, size, ...(authorization && { headers: { Authorization: authorization } }) },
    {
      ...context,
      remedy: `check that npm's registry has ${source.name}@${source.version}, and log in with \`npm login\` if it is not public`,
      // Who has told npm to speak plain HTTP with its registry means it.
      fetch: guardedFetch(context.fetch, trustUrl(address, address.protocol === 'http:')),
    },
  );
  return stored.path;
}

function packageLayer(
  tarball: string,
  { name, version }: NpmSource,
  image: string,
  { cache, progress }: FetchContext,
): Promise<ImageDescriptor['layers'][number]> {
  const where = { image, file: `${name}@${version}` };
  return withPackage(tarball, name, where, async (tree) => {
    progress(`${image}: compressing`);
    const alone = await compressLayers(await storeLayers(image, [tree], cache, {}), cache);
    return alone.layers[0]!;
  });
}

/** The layer on top of an image. */
function put(
  layer: ImageDescriptor['layers'][number],
  base: ImageDescriptor,
  id: string,
): ImageDescriptor {
  const layers = [...base.layers, layer];
  const diffIds = layers.map(({ diffId }) => diffId);
  const { config, ...facts } = JSON.parse(base.config) as Readonly<Record<string, unknown>>;
  return {
    ...base,
    id,
    digest: imageDigest(diffIds),
    layers,
    config: configOnTop(
      { ...facts, config: { ...(config as object), WorkingDir: '/app' } },
      diffIds,
      'npm',
    ),
  };
}
