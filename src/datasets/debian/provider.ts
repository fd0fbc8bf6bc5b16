import { createHash } from 'node:crypto';
import { z } from 'zod';
import { UnavailableError } from '../../errors.ts';
import type { Cache } from '../../images/cache.ts';
import { download } from '../../images/download.ts';
import type { ImageDescriptor } from '../../images/image.ts';
import { compressLayers, storeLayer } from '../layer.ts';
import type { FetchContext, Provider } from '../provider.ts';
import { readDeb } from './deb.ts';
import { baseUrl, choose, fetchIndex, type Package } from './index.ts';
import { findMirror, type Mirror } from './mirror.ts';
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

const pinsSchema = z.strictObject({
  /** `YYYY-MM-DD`: the date that generated files carry. */
  date: z.iso.date(),
  packages: z.array(
    z.strictObject({
      name: z.string(),
      version: z.string(),
      suite: z.string(),
      path: z.string().regex(/^pool\/[^\s]+\.deb$/),
      size: z.int().positive(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});

type Pins = z.infer<typeof pinsSchema>;

/** Changes when the same packages would give another tree: what was built before is then built anew. */
const BUILDER = 'debian/4';
const PARALLEL = 8;

export const debian: Provider<DebianSource> = {
  type: 'debian',
  title: 'root file systems from Debian packages, pinned by sha256',
  schema,

  identity: (source, _directory, pins) => JSON.stringify([BUILDER, source, pins]),

  async fetch(source, image, pins, context): Promise<ImageDescriptor> {
    const checked = pinsSchema.safeParse(pins);
    if (!checked.success) {
      throw new UnavailableError(
        `the lock has no packages for ${image.id}`,
        { image: image.id },
        'resolve them with `bench dataset relock NAME`',
      );
    }
    const key = JSON.stringify([BUILDER, source, checked.data]);
    const known = recallImage(context.cache, key, image.id);
    if (known) return known;
    const debs = await fetchPackages(checked.data, image.id, context);
    const built = await build(source, checked.data, debs, image.id, context);
    context.cache.remember(key, built);
    return built;
  },

  async pin(source, _image, context): Promise<Pins> {
    const mirror = findMirror(context.mirror);
    const { release, state, architecture } = source;
    const hasUpdates = release !== 'sid' && state !== 'release';
    const suites = hasUpdates ? [release, `${release}-updates`, `${release}-security`] : [release];
    const indexes: (readonly Package[])[] = [];
    for (const suite of suites) indexes.push(await indexOf(mirror, suite, architecture, context));
    const packages = choose(indexes, state === 'lowest' ? 'lowest' : 'highest');
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

/** What was built from the same packages before, where all of it is still in the cache. */
function recallImage(cache: Cache, key: string, id: string): ImageDescriptor | undefined {
  const known = cache.recall(key) as ImageDescriptor | undefined;
  const isWhole = known?.layers.every(
    ({ diffId, delivered }) =>
      cache.has(diffId) && delivered !== undefined && cache.has(delivered.digest, delivered.size),
  );
  if (!known || !isWhole) return undefined;
  const layers = known.layers.map((layer) => ({
    ...layer,
    path: cache.blobPath(layer.diffId),
    delivered: { ...layer.delivered!, path: cache.blobPath(layer.delivered!.digest) },
  }));
  return { ...known, id, layers };
}

const indexes = new Map<string, Promise<readonly Package[]>>();

/** Several images of one dataset are resolved from the same index. */
function indexOf(
  mirror: Mirror,
  suite: string,
  architecture: string,
  context: FetchContext,
): Promise<readonly Package[]> {
  const key = `${baseUrl(mirror, suite)} ${suite} ${architecture}`;
  const index = indexes.get(key) ?? fetchIndex(mirror, suite, architecture, context);
  indexes.set(key, index);
  return index;
}

/** All packages into the cache; a list of all that are gone where some are. */
async function fetchPackages(
  pins: Pins,
  image: string,
  context: FetchContext,
): Promise<ReadonlyMap<string, string>> {
  const paths = new Map<string, string>();
  const gone: string[] = [];
  const waiting = [...pins.packages];
  const missing = waiting.some(({ sha256, size }) => !context.cache.has(`sha256:${sha256}`, size));
  const mirror = missing ? findMirror(context.mirror) : { main: '', security: '' };
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      const url = `${baseUrl(mirror, one.suite)}/${one.path}`;
      try {
        const stored = await download(
          { url, digest: `sha256:${one.sha256}`, size: one.size },
          context,
        );
        paths.set(one.name, stored.path);
      } catch (error) {
        if (!(error instanceof UnavailableError) || !/not there/.test(error.message)) throw error;
        gone.push(`${one.name} ${one.version}`);
      }
      context.progress(`${image}: packages`, ++done, pins.packages.length);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  if (gone.length === 0) return paths;
  throw new UnavailableError(
    `the mirror no longer has ${gone.sort().join(', ')}`,
    { image },
    'pin what it has now with `bench dataset relock NAME`: the dataset then has another digest',
  );
}

async function build(
  source: DebianSource,
  pins: Pins,
  debs: ReadonlyMap<string, string>,
  id: string,
  context: FetchContext,
): Promise<ImageDescriptor> {
  const root = new RootBuilder(Date.parse(`${pins.date}T00:00:00Z`) / 1000);
  let done = 0;
  for (const { name } of pins.packages) {
    context.signal?.throwIfAborted();
    root.add(await readDeb(debs.get(name)!, { image: id, entry: name }));
    context.progress(`${id}: unpacking`, ++done, pins.packages.length);
  }
  const image = await storeLayer(id, root.finish(), context.cache, {
    created: `${pins.date}T00:00:00Z`,
    architecture: source.architecture,
    os: 'linux',
    config: { Cmd: ['/bin/bash'] },
  });
  context.progress(`${id}: compressing`);
  return compressLayers(image, context.cache);
}

export function describePins(pins: unknown): string {
  const checked = pinsSchema.safeParse(pins);
  if (!checked.success) return 'not resolved';
  const { packages, date } = checked.data;
  const bytes = packages.reduce((sum, one) => sum + one.size, 0);
  const digest = createHash('sha256').update(JSON.stringify(packages)).digest('hex').slice(0, 12);
  return `${packages.length} packages, ${bytes} bytes to download, pinned ${date} (${digest})`;
}
