import { UnavailableError } from '../../errors.ts';
import { type Package, parseRelations } from './index.ts';

/** With merged directories as a matter of fact, nothing need be converted: keeps perl out (47 MB). */
const PREFERRED = ['usr-is-merged'];

/**
 * What a minimal system consists of: Essential and required packages, `include`, and everything these depend on. Version
 * constraints are not looked at (an archive's packages fit each other); an alternative that is chosen already is kept,
 * else the first real package of a group counts, else the first provider by name.
 */
export function resolveMinimal(
  packages: ReadonlyMap<string, Package>,
  include: readonly string[],
): readonly Package[] {
  const essential = [...packages.values()].filter(
    ({ essential: isEssential, priority, name }) =>
      isEssential || (priority === 'required' && name !== 'usrmerge'),
  );
  const preferred = PREFERRED.filter((name) => packages.has(name));
  return close(packages, [...preferred, ...essential.map(({ name }) => name).sort(), ...include]);
}

/** Exactly these packages. */
export function resolveNamed(
  packages: ReadonlyMap<string, Package>,
  names: readonly string[],
): readonly Package[] {
  return names.toSorted().map((name) => find(packages, name));
}

export interface Change {
  /** What a layer takes away first. */
  readonly remove: readonly string[];
  /** What it then adds. */
  readonly include: readonly string[];
  /** What is then there in its highest version. */
  readonly upgrade?: readonly string[] | undefined;
}

/** A system while layers are put on it. */
export interface System {
  readonly packages: readonly Package[];
  /** Names of those that were asked for; the others are there because these need them. */
  readonly wanted: readonly string[];
}

/**
 * As `apt-get purge --auto-remove` and then `apt-get install` would leave the system: what was only there for the sake of
 * something removed goes too, what is added brings what it needs and is not there yet.
 */
export function resolveChange(
  packages: ReadonlyMap<string, Package>,
  system: System,
  { remove, include }: Change,
): System {
  const left = without(system, remove);
  const wanted = system.wanted.filter((name) => !remove.includes(name));
  const byName = new Map(left.map((one) => [one.name, one]));
  // Where nothing is removed nothing is looked for: what is there stays, needed or not.
  const remaining = remove.length > 0 ? close(byName, wanted, IS_REMOVED) : left;
  return {
    packages: close(packages, [...remaining.map(({ name }) => name), ...include]),
    wanted: [...wanted, ...include],
  };
}

/** Exactly these packages go, exactly those come. */
export function changeNamed(
  packages: ReadonlyMap<string, Package>,
  system: System,
  { remove, include }: Change,
): System {
  const left = without(system, remove);
  const added = resolveNamed(packages, include).filter((one) => !left.includes(one));
  return { packages: [...left, ...added], wanted: system.wanted };
}

/** The packages in their order, those that are named in the version that `highest` has. */
export function upgradeNamed(
  packages: readonly Package[],
  names: readonly string[] | undefined,
  highest: ReadonlyMap<string, Package>,
): readonly Package[] {
  if (!names) return packages;
  const absent = names.find((name) => !packages.some((one) => one.name === name));
  if (absent !== undefined) {
    const what = `${absent} is to be upgraded, which is not there`;
    throw new UnavailableError(what, {}, 'correct the manifest');
  }
  return packages.map((one) => (names.includes(one.name) ? find(highest, one.name) : one));
}

function without({ packages }: System, remove: readonly string[]): readonly Package[] {
  const absent = remove.find((name) => !packages.some((one) => one.name === name));
  if (absent === undefined) return packages.filter(({ name }) => !remove.includes(name));
  throw new UnavailableError(
    `a layer removes ${absent}, which is not there`,
    {},
    'correct the manifest',
  );
}

/** Why a relation cannot be met, and what to do. */
type Lack = readonly [why: string, remedy: string];

const IS_NOWHERE: Lack = [
  'which no suite has',
  'the mirror is inconsistent at the moment: try later',
];
const IS_REMOVED: Lack = ['which a layer removes', 'keep that, or remove both'];

function close(
  packages: ReadonlyMap<string, Package>,
  names: readonly string[],
  [why, remedy]: Lack = IS_NOWHERE,
): readonly Package[] {
  const providers = providersOf(packages);
  const chosen = new Map<string, Package>();
  const provided = new Set<string>();
  const queue: Package[] = [];
  const take = (one: Package): void => {
    if (chosen.has(one.name)) return;
    chosen.set(one.name, one);
    for (const name of [one.name, ...parseRelations(one.provides).flat()]) provided.add(name);
    queue.push(one);
  };
  for (const name of names) take(find(packages, name));
  for (let one = queue.shift(); one; one = queue.shift()) {
    for (const group of parseRelations(one.depends)) {
      if (group.some((name) => provided.has(name))) continue;
      const real = group.map((name) => packages.get(name)).find((candidate) => candidate);
      const virtual = group.flatMap((name) => providers.get(name) ?? [])[0];
      const next = real ?? virtual;
      if (!next) {
        throw new UnavailableError(`${one.name} needs ${group.join(' | ')}, ${why}`, {}, remedy);
      }
      take(next);
    }
  }
  return [...chosen.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function providersOf(
  packages: ReadonlyMap<string, Package>,
): ReadonlyMap<string, readonly Package[]> {
  const providers = new Map<string, Package[]>();
  for (const one of packages.values()) {
    for (const name of parseRelations(one.provides).flat()) {
      providers.set(name, [...(providers.get(name) ?? []), one]);
    }
  }
  for (const list of providers.values()) list.sort((a, b) => (a.name < b.name ? -1 : 1));
  return providers;
}

function find(packages: ReadonlyMap<string, Package>, name: string): Package {
  const one = packages.get(name);
  if (one) return one;
  throw new UnavailableError(`no suite has the package ${name}`, {}, 'correct the manifest');
}
