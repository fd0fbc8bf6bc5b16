import { InputError, type Where } from '../errors.ts';
import { limits } from '../limits.ts';
import { listed } from '../listed.ts';
import { type Platform, platformName } from './platform.ts';
import {
  type Candidate,
  type Chosen,
  DEPTH,
  Search,
  tolerant,
  withoutExtras,
} from './platform-search.ts';
import { fullName } from './registry/reference.ts';

/** One image out of what a registry, a layout or an archive lists: by name or digest, then by platform. */

export interface Wish {
  /** A name or a digest; may be left out where there is one image. */
  readonly reference?: string | undefined;
  /** `os/architecture[/variant]`; where it is left out, this machine's, and any where there is no choice. */
  readonly platform?: string | undefined;
}

/**
 * Throws an InputError that names what there is, where no image or more than one is meant. What belongs to other images
 * or platforms need not be there.
 *
 * @param candidates top level of a layout or an archive: several of one name and platform are several images
 */
export async function chooseImage<T>(
  candidates: readonly Candidate<T>[],
  wish: Wish,
  where: Where,
): Promise<Chosen<T>> {
  const listed = withoutExtras(merged(candidates));
  const named = await byReference(listed, wish.reference, where);
  const areNamed = groups(named).length > 1 && new Set(named.map(({ digest }) => digest)).size > 1;
  if (wish.platform === undefined && areNamed) throw several(named, where);
  const best = await new Search<T>(wish.platform, where).run(named, areNamed);
  const rivals = new Map(best.map(({ candidate, top }) => [candidate.digest, top]));
  const tops = new Set(rivals.values());
  if (tops.size > 1) throw several([...tops].toSorted(inOrderOf(named)), where);
  return best[0]!;
}

/**
 * What chooses each image of a layout or an archive: a name or a digest, undefined where nothing else is there. Throws an
 * InputError where there is no image.
 */
export async function listReferences<T>(
  candidates: readonly Candidate<T>[],
  where: Where,
): Promise<readonly (string | undefined)[]> {
  const listed = withoutExtras(merged(candidates));
  if (listed.length === 0) throw none(where);
  const references: (string | undefined)[] = [];
  const all = groups(listed);
  for (const group of all) {
    const isOne = group.length === 1 || (await areForPlatforms(group));
    const [first] = group;
    if (isOne && all.length === 1) references.push(undefined);
    else if (isOne && first!.names.length > 0) references.push(ownName(first!, group, listed));
    else references.push(...group.map(({ digest }) => digest));
  }
  return references;
}

/** A name that all of a group have, and nothing else; where there is none, the digest. */
function ownName<T>(
  { names, digest }: Candidate<T>,
  group: readonly Candidate<T>[],
  all: readonly Candidate<T>[],
): string {
  const counts = countNames(all);
  return names.find((name) => counts.get(name) === group.length) ?? digest;
}

/** True where no two are for the same platform: one image for several. */
async function areForPlatforms<T>(group: readonly Candidate<T>[]): Promise<boolean> {
  const names = new Set<string>();
  for (const { platform, ownPlatform } of group) {
    const known = platform ?? (await tolerant(async () => ownPlatform?.()));
    if (known) names.add(platformName(known));
  }
  return names.size === group.length;
}

/** By name, by the name in full as Docker understands it, or by digest, also within an index. */
async function byReference<T>(
  listed: readonly Candidate<T>[],
  reference: string | undefined,
  where: Where,
): Promise<readonly Candidate<T>[]> {
  if (listed.length === 0) throw none(where);
  if (reference === undefined) return listed;
  const isDigest = /^sha256:[0-9a-f]{64}$/.test(reference);
  const exact = listed.filter(
    ({ names, digest }) => digest === reference || names.includes(reference),
  );
  if (exact.length > 0) return exact;
  const full = fullName(reference);
  const alike = listed.filter(({ names }) =>
    names.some((name) => full !== undefined && fullName(name) === full),
  );
  if (alike.length > 0) return alike;
  const inner = isDigest ? await findDigest(listed, reference, where) : undefined;
  if (inner) return [inner];
  throw new InputError(
    `no image is called '${reference.slice(0, 200)}'`,
    where,
    `there are: ${labelsOf(listed)}`,
  );
}

async function findDigest<T>(
  listed: readonly Candidate<T>[],
  digest: string,
  where: Where,
): Promise<Candidate<T> | undefined> {
  const seen = new Set<string>();
  let level = listed;
  for (let depth = 0; depth < DEPTH && level.length > 0; depth++) {
    const next: Candidate<T>[] = [];
    for (const { members, digest: own } of level) {
      if (!members || seen.has(own)) continue;
      seen.add(own);
      if (seen.size > limits.choiceDocuments) {
        throw new InputError(
          `more than ${limits.choiceDocuments} indexes`,
          where,
          'the image is hostile',
        );
      }
      next.push(...((await tolerant(members)) ?? []));
    }
    const found = next.find((candidate) => candidate.digest === digest);
    if (found) return found;
    level = next;
  }
  return undefined;
}

/** An image that is listed twice is one image, under all its names. */
function merged<T>(candidates: readonly Candidate<T>[]): readonly Candidate<T>[] {
  const known = new Map<string, { candidate: Candidate<T>; names: Set<string> }>();
  for (const candidate of candidates) {
    const { digest, names, platform } = candidate;
    const key = `${digest} ${platform ? platformName(platform) : ''}`;
    const before = known.get(key);
    if (before) for (const name of names) before.names.add(name);
    else known.set(key, { candidate, names: new Set(names) });
  }
  return [...known.values()].map(({ candidate, names }) => ({ ...candidate, names: [...names] }));
}

/** Candidates of the same names are one image, for several platforms or by mistake. */
function groups<T>(candidates: readonly Candidate<T>[]): readonly (readonly Candidate<T>[])[] {
  const byNames = new Map<string, Candidate<T>[]>();
  for (const candidate of candidates) {
    const key = JSON.stringify([...candidate.names].sort());
    const group = byNames.get(key);
    if (group) group.push(candidate);
    else byNames.set(key, [candidate]);
  }
  return [...byNames.values()];
}

function inOrderOf<T>(list: readonly T[]): (a: T, b: T) => number {
  const place = new Map(list.map((one, index) => [one, index]));
  return (a, b) => place.get(a)! - place.get(b)!;
}

function none(where: Where): InputError {
  return new InputError('it holds no image', where, 'build it again');
}

function several<T>(candidates: readonly Candidate<T>[], where: Where): InputError {
  return new InputError(
    `${candidates.length} images, and nothing says which`,
    where,
    `give PATH#NAME, or a reference in the dataset: ${labelsOf(candidates)}`,
  );
}

function labelsOf<T>(candidates: readonly Candidate<T>[]): string {
  const label = labeller(candidates);
  return listed(
    candidates.map((candidate) => {
      const platform = candidate.platform ? ` (${platformName(candidate.platform)})` : '';
      return `${label(candidate)}${platform}`;
    }),
  );
}

/** A name that no other one has, or none for the same platform; where there is none, the digest. */
function labeller<T>(all: readonly Candidate<T>[]): (candidate: Candidate<T>) => string {
  const counts = countNames(all);
  const ofPlatforms = new Map<string, number>();
  const key = (name: string, platform: Platform): string => `${platformName(platform)} ${name}`;
  for (const { names, platform } of all) {
    if (!platform) continue;
    for (const one of names.map((name) => key(name, platform))) {
      ofPlatforms.set(one, (ofPlatforms.get(one) ?? 0) + 1);
    }
  }
  return ({ names, digest, platform }) =>
    names.find((name) => counts.get(name) === 1) ??
    names.find((name) => platform && ofPlatforms.get(key(name, platform)) === 1) ??
    digest;
}

function countNames<T>(all: readonly Candidate<T>[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of all.flatMap(({ names }) => names)) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
