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

function close(
  packages: ReadonlyMap<string, Package>,
  names: readonly string[],
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
        throw new UnavailableError(
          `${one.name} needs ${group.join(' | ')}, which no suite has`,
          {},
          'the mirror is inconsistent at the moment: try later',
        );
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
