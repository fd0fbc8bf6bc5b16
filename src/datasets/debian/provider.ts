import { z } from 'zod';
import { UnavailableError } from '../../errors.ts';
import type { Cache } from '../../images/cache.ts';
import type { ImageDescriptor } from '../../images/image.ts';
import { compressLayers, storeLayer } from '../layer.ts';
import type { FetchContext, Provider } from '../provider.ts';
import { readDeb } from './deb.ts';
import { choose, fetchIndex, type Package } from './index.ts';
import { describePins, type Pins, pinsSchema } from './lock.ts';
import { findMirror } from './mirror.ts';
import { fetchPackages } from './packages.ts';
import { resolveMinimal, resolveNamed } from './resolve.ts';
import { RootBuilder } from './root.ts';

export interface DebianSource {
  readonly type: 'debian';
  readonly release: 'bullseye' | 'bookworm' | 'trixie' | 'forky' | 'sid';
  /**
   * A release as it came out (`release`), or of the release, its updates and its security archive together the lowest or
   * the highest version of each package. The lowest ones each shipped once, but not all on one day.
   */
  readonly state: 'lowest' | 'release' | 'highest';
  readonly architecture: 'amd64' | 'arm64';
  /** `minimal`: Essential and required packages and what they need; `none`: exactly the packages of `include`. */
  readonly base: 'minimal' | 'none';
  readonly include: readonly string[];
}

const schema: z.ZodType<DebianSource> = z.strictObject({
  type: z.literal('debian'),
  release: z.enum(['bullseye', 'bookworm', 'trixie', 'forky', 'sid']),
  state: z.enum(['lowest', 'release', 'highest']),
  architecture: z.enum(['amd64', 'arm64']).default('amd64'),
  base: z.enum(['minimal', 'none']).default('minimal'),
  include: z.array(z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/)).default([]),
});

/** Changes when the same packages would give another tree: what was built before is then built anew. */
const BUILDER = 'debian/4';

export const debian: Provider<DebianSource> = {
  type: 'debian',
  title: 'root file systems from Debian packages, pinned by sha256',
  schema,
  pinsSchema,
  describePins: (pins) => describePins(pinsSchema.parse(pins)),

  identity: (source, _directory, pins) => JSON.stringify([BUILDER, source, pins]),

  async fetch(source, image, pins, context): Promise<ImageDescriptor> {
    if (pins === undefined) {
      throw new UnavailableError(
        `the lock has no packages for ${image.id}`,
        { image: image.id },
        'resolve them with `bench dataset relock NAME`',
      );
    }
    const checked = pinsSchema.parse(pins);
    const key = JSON.stringify([BUILDER, source, checked]);
    const known = await recallImage(context.cache, key, image.id);
    if (known) return known;
    const debs = await fetchPackages(checked, image.id, context);
    const built = await build(source, checked, debs, image.id, context);
    context.cache.remember(key, built);
    return built;
  },

  async pin(source, _image, context): Promise<Pins> {
    const packages = await choosePackages(source, context);
    const resolved =
      source.base === 'minimal'
        ? resolveMinimal(packages, ['apt', ...source.include])
        : resolveNamed(packages, source.include);
    return {
      date: new Date().toISOString().slice(0, 10),
      packages: resolved.map(({ name, version, suite, path, size, sha256 }) => ({
        name,
        version,
        suite,
        path,
        size,
        sha256,
      })),
    };
  },
};

/** What was built from the same packages before, where all of it is still in the cache, intact. */
async function recallImage(
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

async function choosePackages(
  { release, state, architecture }: DebianSource,
  context: FetchContext,
): Promise<ReadonlyMap<string, Package>> {
  const mirror = findMirror(context.mirror);
  const hasUpdates = release !== 'sid' && state !== 'release';
  const suites = hasUpdates ? [release, `${release}-updates`, `${release}-security`] : [release];
  const indexes: (readonly Package[])[] = [];
  for (const suite of suites) indexes.push(await fetchIndex(mirror, suite, architecture, context));
  return choose(indexes, state === 'lowest' ? 'lowest' : 'highest');
}

async function build(
  source: DebianSource,
  { date, packages }: Pins,
  debs: ReadonlyMap<string, string>,
  id: string,
  context: FetchContext,
): Promise<ImageDescriptor> {
  const created = `${date}T00:00:00Z`;
  const root = new RootBuilder(Date.parse(created) / 1000);
  let done = 0;
  for (const { name, sha256 } of packages) {
    context.signal?.throwIfAborted();
    root.add(await readDeb(debs.get(sha256)!, { image: id, entry: name }));
    context.progress(`${id}: unpacking`, ++done, packages.length);
  }
  const image = await storeLayer(id, root.finish(), context.cache, {
    created,
    architecture: source.architecture,
    os: 'linux',
    config: { Cmd: ['/bin/bash'] },
  });
  context.progress(`${id}: compressing`);
  return compressLayers(image, context.cache);
}
