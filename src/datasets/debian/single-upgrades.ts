import { treeToTar } from '../../serialisers/tar.ts';
import { applyLayers } from '../../trees/layers.ts';
import type { Tree } from '../../trees/tree.ts';
import type { ManifestImage } from '../manifest.ts';
import type { FetchContext } from '../provider.ts';
import { changed, readDebs, rootOf } from './build.ts';
import type { Deb } from './deb.ts';
import { type Pin, type Pins, pinsSchema } from './lock.ts';
import { fetchPackages } from './packages.ts';
import type { DebianSource } from './provider.ts';

/** What one state of a system upgrades in another, one source package at a time. */

export interface SingleUpgrade {
  /** Name of the source package. */
  readonly source: string;
  readonly from: string;
  readonly to: string;
  /** Its binary packages in their new versions. */
  readonly packages: readonly Pin[];
}

/** Images of a dataset: the one before, and what one source package alone makes of it. */
export interface UpgradesOfImage {
  readonly image: string;
  readonly upgrades: readonly SingleUpgrade[];
  /** Root file system with that upgrade alone; fetches the packages of the image where the cache lacks them. */
  tree(upgrade: SingleUpgrade, context: FetchContext): Promise<Tree>;
}

/**
 * Source packages whose version differs, of packages that both states have, by name. Binary packages of one source come together,
 * as they depend on one another in the same version.
 */
export function singleUpgrades(before: Pins, after: Pins): readonly SingleUpgrade[] {
  const old = new Map(before.packages.map((one) => [one.name, one]));
  const found = new Map<string, Pin[]>();
  for (const one of after.packages) {
    const known = old.get(one.name);
    if (!known || known.version === one.version) continue;
    const source = sourceOf(one);
    found.set(source, [...(found.get(source) ?? []), one]);
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([source, packages]) => {
      const [first] = packages as [Pin];
      return { source, from: old.get(first.name)!.version, to: first.version, packages };
    });
}

/** Of each planned image of Debian packages what the next one upgrades, where both are of one release and have no layer on top. */
export function upgradesBetween(
  {
    images,
    pins,
  }: {
    readonly images: readonly Pick<ManifestImage, 'id' | 'source'>[];
    readonly pins: ReadonlyMap<string, unknown>;
  },
  planned: readonly string[],
): readonly UpgradesOfImage[] {
  const states = planned.map((id) => {
    const source = images.find((one) => one.id === id)?.source as DebianSource | undefined;
    const own = pins.get(id);
    if (source?.type !== 'debian' || own === undefined) return undefined;
    const pinned = pinsSchema.parse(own);
    return pinned.layers ? undefined : { id, source, pins: pinned };
  });
  return states.slice(0, -1).flatMap((before, number) => {
    const after = states[number + 1];
    if (!before || !after || !areOfOneSystem(before.source, after.source)) return [];
    const upgrades = singleUpgrades(before.pins, after.pins);
    return upgrades.length === 0
      ? []
      : [upgradesOf(before.id, before.source, before.pins, upgrades)];
  });
}

function areOfOneSystem(before: DebianSource, after: DebianSource): boolean {
  return before.release === after.release && before.architecture === after.architecture;
}

function upgradesOf(
  image: string,
  { configure }: DebianSource,
  pins: Pins,
  upgrades: readonly SingleUpgrade[],
): UpgradesOfImage {
  /** Upgrades have most packages in common. */
  const contents = new Map<string, Deb>();
  return {
    image,
    upgrades,
    async tree({ packages }, context) {
      const names = packages.map(({ name }) => name);
      const installed = changed(pins.packages, names, packages);
      const debs = await fetchPackages(installed, image, context);
      const missing = installed.filter(({ sha256 }) => !contents.has(sha256));
      for (const [sha256, deb] of await readDebs(missing, debs, image, context)) {
        contents.set(sha256, deb);
      }
      // In the order of an image that was stored and opened.
      return applyLayers([treeToTar(rootOf(installed, pins, contents, configure))]);
    },
  };
}

/** `pool/main/g/glibc/libc6_2.36-9_amd64.deb` → `glibc`. */
function sourceOf({ path }: Pin): string {
  return path.split('/').at(-2)!;
}
