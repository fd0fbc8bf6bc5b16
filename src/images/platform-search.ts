import { InputError, StorageError, UnavailableError, type Where } from '../errors.ts';
import { limits } from '../limits.ts';
import { listed } from '../listed.ts';
import {
  machinePlatform,
  type Platform,
  parsePlatform,
  platformName,
  rankPlatform,
} from './platform.ts';

export interface Candidate<T> {
  readonly value: T;
  /** `sha256:…` of what identifies it: manifest, index, configuration. */
  readonly digest: string;
  /** Tags, names, references. */
  readonly names: readonly string[];
  /** As the list says it. */
  readonly platform?: Platform | undefined;
  /** What an index lists; absent for an image. */
  readonly members?: () => Promise<readonly Candidate<T>[]>;
  /** As the image itself says it, where the list does not. */
  readonly ownPlatform?: () => Promise<Platform | undefined>;
}

export interface Chosen<T> {
  readonly value: T;
  /** Where it is known without reading the image. */
  readonly platform: Platform | undefined;
}

/** Indexes in indexes; real images have two levels. */
export const DEPTH = 9;

export interface Leaf<T> extends Chosen<T> {
  readonly candidate: Candidate<T>;
  /** What of the list it was found in. */
  readonly top: Candidate<T>;
}

/** Looks for a platform: what the list says first, then what nested indexes say, then what images say themselves. */
export class Search<T> {
  readonly #asked: string | undefined;
  readonly #wanted: Platform;
  readonly #where: Where;
  readonly #seen = new Set<string>();
  readonly #others = new Set<string>();
  readonly #leaves: Leaf<T>[] = [];
  #documents = 0;
  #failure: unknown;

  constructor(asked: string | undefined, where: Where) {
    this.#asked = asked;
    this.#wanted = parsePlatform(asked ?? machinePlatform());
    this.#where = where;
  }

  /**
   * The first that matches in each of the candidates where any does; never empty.
   * @param areNamed the candidates have names of their own: what the list leaves open may then be another image
   */
  async run(candidates: readonly Candidate<T>[], areNamed: boolean): Promise<readonly Leaf<T>[]> {
    const [only] = candidates;
    const isOther =
      this.#asked !== undefined &&
      only?.platform &&
      rankPlatform(only.platform, this.#wanted) === 0;
    if (only && candidates.length === 1 && !only.members && !isOther) {
      return [{ value: only.value, platform: only.platform, candidate: only, top: only }];
    }
    await this.#collect(candidates.map((candidate) => ({ candidate, top: candidate })));
    if (areNamed) await this.#askImages();
    const best = this.#best();
    if (best.length > 0) return best;
    await this.#askImages();
    const own = this.#best();
    if (own.length > 0) return own;
    const [single, ...more] = this.#leaves;
    const isOnly = single && more.length === 0 && this.#others.size === 0;
    if (isOnly && (this.#asked === undefined || !single.platform)) return [single];
    throw this.#none();
  }

  async #collect(
    entries: readonly Pick<Leaf<T>, 'candidate' | 'top'>[],
    depth = 0,
    inherited?: Platform,
  ): Promise<void> {
    const nested: Pick<Leaf<T>, 'candidate' | 'top'>[] = [];
    for (const { candidate, top } of entries) {
      const platform = candidate.platform ?? inherited;
      if (!candidate.members) {
        this.#leaves.push({ value: candidate.value, platform, candidate, top });
      } else if (platform && rankPlatform(platform, this.#wanted) === 0) {
        this.#others.add(platformName(platform));
      } else {
        nested.push({ candidate, top });
      }
    }
    for (const { candidate, top } of nested) {
      if (this.#hasFound(top)) continue;
      const members = await this.#members(candidate, depth);
      const listed = withoutExtras(members).map((member) => ({ candidate: member, top }));
      await this.#collect(listed, depth + 1, candidate.platform ?? inherited);
    }
  }

  async #members(candidate: Candidate<T>, depth: number): Promise<readonly Candidate<T>[]> {
    if (this.#seen.has(candidate.digest)) return [];
    this.#seen.add(candidate.digest);
    return (
      (await this.#read(async () => {
        if (depth < DEPTH) return candidate.members!();
        throw new InputError('indexes nest too deep', this.#where, 'the image is hostile');
      })) ?? []
    );
  }

  async #askImages(): Promise<void> {
    for (const [index, leaf] of this.#leaves.entries()) {
      const { platform, candidate } = leaf;
      if (platform) continue;
      const own = await this.#read(async () => candidate.ownPlatform?.());
      if (own) this.#leaves[index] = { ...leaf, platform: own };
    }
  }

  /** True where the very platform that is wanted is there: nothing else in the same list can be better. */
  #hasFound(top: Candidate<T>): boolean {
    return this.#leaves.some(
      (leaf) =>
        leaf.top === top && leaf.platform && rankPlatform(leaf.platform, this.#wanted) === 2,
    );
  }

  /** Of each top-level candidate the first of the highest rank. */
  #best(): readonly Leaf<T>[] {
    let highest = 1;
    let found = new Map<Candidate<T>, Leaf<T>>();
    for (const leaf of this.#leaves) {
      const rank = leaf.platform ? rankPlatform(leaf.platform, this.#wanted) : 0;
      if (rank < highest) continue;
      if (rank > highest) found = new Map();
      highest = rank;
      if (!found.has(leaf.top)) found.set(leaf.top, leaf);
    }
    return [...found.values()];
  }

  /** undefined where the document is not to be had; that is told only where it mattered. */
  async #read<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    if (++this.#documents > limits.choiceDocuments) {
      throw new InputError(
        `more than ${limits.choiceDocuments} indexes and images, and no list says for which platform`,
        this.#where,
        'give the digest of the image as its reference',
      );
    }
    try {
      return await work();
    } catch (error) {
      if (!isAbsence(error)) throw error;
      this.#failure ??= error;
      return undefined;
    }
  }

  #none(): unknown {
    const own = this.#leaves.map(({ platform }) => (platform ? platformName(platform) : ''));
    const known = [...new Set([...own, ...this.#others])].filter((name) => name !== '');
    if (known.length === 0 && this.#failure) return this.#failure;
    return new InputError(
      `no image for ${platformName(this.#wanted)}`,
      this.#where,
      known.length > 0
        ? `choose a platform (--platform): there are ${listed(known)}`
        : 'it lists no image that says for which platform it is: give a digest as the reference',
    );
  }
}

/** Without attestations of builders, which say they run on nothing. */
export function withoutExtras<T>(candidates: readonly Candidate<T>[]): readonly Candidate<T>[] {
  return candidates.filter(({ platform }) => platform?.os !== 'unknown');
}

/** undefined where what is read is not to be had. */
export async function tolerant<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** Wrong bytes are never passed over. */
function isAbsence(error: unknown): boolean {
  return (
    error instanceof InputError ||
    error instanceof StorageError ||
    error instanceof UnavailableError
  );
}
