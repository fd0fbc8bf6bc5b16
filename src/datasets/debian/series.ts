import * as z from 'zod';
import { UnavailableError } from '../../errors.ts';
import type { FetchContext, Member, Provider } from '../provider.ts';
import { readChangelog } from './changelog.ts';
import { readDeb } from './deb.ts';
import { fetchIndexes, type Package } from './index.ts';
import { type Pin, type Pins, toPin, type UpgradePins, upgradePinsSchema } from './lock.ts';
import { fetchPackages } from './packages.ts';
import { type DebianSource, namesSchema } from './provider.ts';
import { resolveMinimal } from './resolve.ts';
import { findUpgrades, inOrder, type Upgrade, upgradeStates } from './upgrades.ts';

/**
 * A series: a minimal system at the lowest versions that the archives of a release serve, and one more image for each upgrade
 * of a source package up to the highest, by the date of its changelog.
 */
export interface UpgradesSource extends Pick<DebianSource, 'architecture' | 'include'> {
  readonly type: 'debian-upgrades';
  readonly release: Exclude<DebianSource['release'], 'sid'>;
}

export const debianUpgrades: Provider<UpgradesSource> = {
  type: 'debian-upgrades',
  title: 'a series from Debian packages: one image for each upgrade of a source package',
  schema: z.strictObject({
    type: z.literal('debian-upgrades'),
    release: z.enum(['bullseye', 'bookworm', 'trixie', 'forky']),
    architecture: z.enum(['amd64', 'arm64']).default('amd64'),
    include: namesSchema,
  }),
  pinsSchema: upgradePinsSchema,

  identity: (source) => JSON.stringify(source),

  async fetch(_source, { id }): Promise<never> {
    throw new UnavailableError(
      `the lock has no upgrades for ${id}`,
      { image: id },
      'resolve them with `bench dataset relock NAME`',
    );
  },

  async pin({ release, architecture, include }, { id }, context): Promise<UpgradePins> {
    const indexes = await fetchIndexes(release, architecture, true, context);
    const resolve = (packages: ReadonlyMap<string, Package>): readonly Package[] =>
      resolveMinimal(packages, ['apt', ...include]);
    const dated = [];
    for (const upgrade of findUpgrades(indexes, resolve)) {
      dated.push({ ...upgrade, made: await dateOf(upgrade, id, context) });
    }
    const { first, steps } = upgradeStates(indexes, inOrder(dated), resolve);
    return {
      date: new Date().toISOString().slice(0, 10),
      packages: first.map(toPin),
      upgrades: steps.map(({ upgrade: { source, version, made }, packages, removed }) => ({
        source,
        version,
        made: made.toISOString(),
        packages,
        removed,
      })),
    };
  },

  expand({ release, architecture, include }, pins): readonly Member[] {
    const { date, packages, upgrades } = upgradePinsSchema.parse(pins);
    // From where the first comes; the pins say what each of them is.
    const source: DebianSource = {
      type: 'debian',
      release,
      state: 'lowest',
      architecture,
      base: 'minimal',
      include,
    };
    const member = (name: string, title: string, own: readonly Pin[]): Member => ({
      name,
      title,
      source,
      pins: { date, packages: own } satisfies Pins,
    });
    const members = [member('lowest', 'lowest versions served', packages)];
    let installed = packages;
    for (const { source: name, version, packages: added, removed } of upgrades) {
      const gone = new Set([...removed, ...added.map((one) => one.name)]);
      installed = [...installed.filter((one) => !gone.has(one.name)), ...added].sort((a, b) =>
        a.name < b.name ? -1 : 1,
      );
      members.push(member(`${name}-${version}`, `${name} ${version}`, installed));
    }
    return members;
  },
};

/** From the changelog of the first of its packages that has it. */
async function dateOf(
  { source, version, packages }: Upgrade,
  id: string,
  context: FetchContext,
): Promise<Date> {
  for (const one of packages) {
    const paths = await fetchPackages([one], id, context);
    const deb = await readDeb(paths.get(one.sha256)!, { image: id, entry: one.name });
    const entry = await readChangelog(deb);
    if (entry?.source === source && entry.version === version) return entry.date;
  }
  throw new UnavailableError(
    `no package of ${source} ${version} has a changelog that says when it was made`,
    { image: id },
    'leave out what needs it',
  );
}
