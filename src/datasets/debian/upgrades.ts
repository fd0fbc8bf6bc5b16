import { choose, type Package, type SourcePackage, sourcePackageOf } from './index.ts';
import type { LayerPins } from './lock.ts';
import { toPin } from './lock.ts';
import { compareVersions } from './versions.ts';

/** From the lowest versions that archives serve to the highest, one source package at a time. */

/** A source package at a later version than the lowest one served. */
export interface Upgrade extends SourcePackage {
  /** Built from it, of those that the system may have. */
  readonly packages: readonly Package[];
}

export interface DatedUpgrade extends Upgrade {
  /** When the version was made. */
  readonly made: Date;
}

/** What of all packages a system consists of. */
type Resolve = (packages: ReadonlyMap<string, Package>) => readonly Package[];

/**
 * Every version served above the lowest, of the source packages that the system has with the lowest or the highest
 * versions; those of one source in ascending order.
 */
export function findUpgrades(
  indexes: readonly (readonly Package[])[],
  resolve: Resolve,
): readonly Upgrade[] {
  const states = [choose(indexes, 'lowest'), choose(indexes, 'highest')];
  const names = new Set(states.flatMap((state) => resolve(state).map(({ name }) => name)));
  const sources = new Map<string, Map<string, Package[]>>();
  // Where two suites have the same package, the one listed first counts, as in `choose`.
  const seen = new Set<string>();
  for (const one of indexes.flat()) {
    const key = `${one.name} ${one.version}`;
    if (!names.has(one.name) || seen.has(key)) continue;
    seen.add(key);
    const { source, version } = sourcePackageOf(one);
    const versions = sources.get(source) ?? new Map<string, Package[]>();
    versions.set(version, [...(versions.get(version) ?? []), one]);
    sources.set(source, versions);
  }
  return [...sources].flatMap(([source, versions]) =>
    [...versions]
      .sort(([a], [b]) => compareVersions(a, b))
      .slice(1)
      .map(([version, packages]) => ({ source, version, packages })),
  );
}

/**
 * By the date of the version; of one day and second, by the name of the source. A version never comes before a lower one of
 * its source, whatever the dates say.
 */
export function inOrder(upgrades: readonly DatedUpgrade[]): readonly DatedUpgrade[] {
  const latest = new Map<string, number>();
  const timed = upgrades
    .toSorted((a, b) => compareVersions(a.version, b.version))
    .map((upgrade) => {
      const time = Math.max(upgrade.made.getTime(), latest.get(upgrade.source) ?? 0);
      latest.set(upgrade.source, time);
      return { upgrade, time };
    });
  // The sort is stable: equal times of one source stay in the order of their versions.
  return timed
    .sort((a, b) => a.time - b.time || compareText(a.upgrade.source, b.upgrade.source))
    .map(({ upgrade }) => upgrade);
}

export interface Step extends LayerPins {
  readonly upgrade: DatedUpgrade;
}

/** The first state, and what each upgrade changes in the one before; an upgrade that changes no package of the system is none. */
export function upgradeStates(
  indexes: readonly (readonly Package[])[],
  upgrades: readonly DatedUpgrade[],
  resolve: Resolve,
): { readonly first: readonly Package[]; readonly steps: readonly Step[] } {
  const state = new Map(choose(indexes, 'lowest'));
  const first = resolve(state);
  const steps: Step[] = [];
  let before = first;
  for (const upgrade of upgrades) {
    for (const one of upgrade.packages) state.set(one.name, one);
    const after = resolve(state);
    const packages = after.filter((one) => !before.includes(one)).map(toPin);
    const names = new Set(after.map(({ name }) => name));
    const removed = before.map(({ name }) => name).filter((name) => !names.has(name));
    if (packages.length + removed.length > 0) steps.push({ upgrade, packages, removed });
    before = after;
  }
  return { first, steps };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
