import * as z from 'zod';
import { UnavailableError } from '../../errors.ts';
import type { ImageDescriptor } from '../../images/image.ts';
import { recallImage } from '../layer.ts';
import type { FetchContext, Provider } from '../provider.ts';
import { buildImage } from './build.ts';
import { choose, fetchIndexes, type Package } from './index.ts';
import { allPackages, describePins, type LayerPins, type Pins, pinsSchema, toPin } from './lock.ts';
import { fetchPackages, urlsAt } from './packages.ts';
import {
  type Change,
  changeNamed,
  resolveChange,
  resolveMinimal,
  resolveNamed,
  type System,
  upgradeNamed,
} from './resolve.ts';

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
  /**
   * `copies`: with the files, links and directories that the scripts of base-files, base-passwd and libc-bin copy from
   * packaged files or make empty, such as /etc/passwd and /var/run; the scripts are not run. Default: without.
   */
  readonly configure?: 'copies' | undefined;
  /** Packages that are there in the highest version all the same; what they need is not looked at anew. */
  readonly upgrade?: readonly string[] | undefined;
  /**
   * On top of that, a layer each, lowest first: as `RUN apt-get purge --auto-remove …` and `apt-get install …` of a
   * Dockerfile would leave it, and `apt-get install --only-upgrade …` of what it upgrades. With base `none`, exactly the
   * packages named go and come.
   */
  readonly layers?: readonly Change[] | undefined;
}

const name: z.ZodType<string> = z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/);
export const namesSchema: z.ZodType<readonly string[]> = z.array(name).default([]);

const upgraded = z.array(name).min(1).optional();

const schema: z.ZodType<DebianSource> = z.strictObject({
  type: z.literal('debian'),
  release: z.enum(['bullseye', 'bookworm', 'trixie', 'forky', 'sid']),
  state: z.enum(['lowest', 'release', 'highest']),
  architecture: z.enum(['amd64', 'arm64']).default('amd64'),
  base: z.enum(['minimal', 'none']).default('minimal'),
  include: namesSchema,
  configure: z.literal('copies').optional(),
  upgrade: upgraded,
  layers: z
    .array(z.strictObject({ remove: namesSchema, include: namesSchema, upgrade: upgraded }))
    .min(1)
    .optional(),
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
    const [asked, pinned] = [source.layers?.length ?? 0, checked.layers?.length ?? 0];
    if (asked !== pinned) {
      throw new UnavailableError(
        `${asked} layers are asked for on the base of ${image.id}, the lock has ${pinned}`,
        { image: image.id },
        'pin it anew with `bench dataset relock NAME`',
      );
    }
    const key = keyOf(source, checked);
    const known = await recallImage(context.cache, key, image.id);
    if (known) return known;
    const debs = await fetchPackages(allPackages(checked), image.id, context);
    const built = await buildImage(source, checked, debs, image.id, context);
    context.cache.remember(key, built);
    return built;
  },

  pinnedBytes(_source, pins) {
    if (pins === undefined) return undefined;
    return allPackages(pinsSchema.parse(pins)).reduce((sum, { size }) => sum + size, 0);
  },

  async outlook(source, { id }, pins, { cache, mirror }) {
    if (pins === undefined) return {};
    const checked = pinsSchema.parse(pins);
    const image = await recallImage(cache, keyOf(source, checked), id);
    if (image) return { missing: [], image };
    const urlOf = urlsAt(mirror);
    const missing = allPackages(checked)
      .map((one) => ({ digest: `sha256:${one.sha256}`, size: one.size, url: urlOf(one) }))
      .filter(({ digest, size }) => !cache.has(digest, size));
    return { missing };
  },

  async pin(source, _image, context): Promise<Pins> {
    const packages = await choosePackages(source, context);
    const isUpgraded = [source, ...(source.layers ?? [])].some(({ upgrade }) => upgrade);
    const highest = isUpgraded
      ? await choosePackages({ ...source, state: 'highest' }, context)
      : packages;
    const isMinimal = source.base === 'minimal';
    const chosen = isMinimal
      ? resolveMinimal(packages, ['apt', ...source.include])
      : resolveNamed(packages, source.include);
    const base = upgradeNamed(chosen, source.upgrade, highest);
    const change = isMinimal ? resolveChange : changeNamed;
    let system: System = { packages: base, wanted: base.map(({ name }) => name) };
    const layers: LayerPins[] = [];
    for (const layer of source.layers ?? []) {
      const changed = change(packages, system, layer);
      const upgradedPackages = upgradeNamed(changed.packages, layer.upgrade, highest);
      layers.push(pinChange(system.packages, upgradedPackages));
      system = { ...changed, packages: upgradedPackages };
    }
    return {
      date: new Date().toISOString().slice(0, 10),
      packages: base.map(toPin),
      ...(layers.length > 0 ? { layers } : {}),
    };
  },
};

/** Under which a built image is remembered. */
function keyOf(source: DebianSource, pins: Pins): string {
  return JSON.stringify([BUILDER, source, pins]);
}

function pinChange(before: readonly Package[], after: readonly Package[]): LayerPins {
  const missing = (from: readonly Package[], all: readonly Package[]): readonly Package[] =>
    all.filter((own) => !from.some((one) => one.name === own.name && one.version === own.version));
  return {
    packages: missing(before, after).map(toPin),
    removed: missing(after, before).map(({ name }) => name),
  };
}

async function choosePackages(
  { release, state, architecture }: DebianSource,
  context: FetchContext,
): Promise<ReadonlyMap<string, Package>> {
  const hasUpdates = release !== 'sid' && state !== 'release';
  const indexes = await fetchIndexes(release, architecture, hasUpdates, context);
  return choose(indexes, state === 'lowest' ? 'lowest' : 'highest');
}
