import { decompressStream } from '../../codecs/read.ts';
import { InputError, UnavailableError } from '../../errors.ts';
import { persist, request } from '../../images/request.ts';
import type { FetchContext } from '../provider.ts';
import { parseStanzas } from './control.ts';
import type { Pin } from './lock.ts';
import { baseUrl, findMirror, type Mirror } from './mirror.ts';
import { compareVersions } from './versions.ts';

/** One binary package as an index lists it. Relations stay text: of 70 000 packages a hundred are asked for theirs. */
export interface Package extends Pin {
  readonly essential: boolean;
  readonly priority: string;
  /** Pre-Depends, then Depends. */
  readonly depends: string;
  readonly provides: string;
  /** As the index has it, `glibc (2.36-9)`; empty where the source package has the same name and version. */
  readonly source: string;
}

export interface SourcePackage {
  readonly source: string;
  readonly version: string;
}

const FIELDS = new Set([
  'Package',
  'Version',
  'Filename',
  'Size',
  'SHA256',
  'Essential',
  'Priority',
  'Depends',
  'Pre-Depends',
  'Provides',
  'Source',
]);

type Index = Promise<readonly Package[]>;

/** Several images of one dataset are resolved from the same index. Kept for one release at a time: 70 000 packages each. */
const known = new WeakMap<FetchContext, { release: string; byUrl: Map<string, Index> }>();

/** Those of a release, and where it has updates, of these and of its security archive. */
export async function fetchIndexes(
  release: string,
  architecture: string,
  hasUpdates: boolean,
  context: FetchContext,
): Promise<readonly (readonly Package[])[]> {
  const mirror = findMirror(context.mirror);
  const suites = hasUpdates ? [release, `${release}-updates`, `${release}-security`] : [release];
  const indexes: (readonly Package[])[] = [];
  for (const suite of suites) indexes.push(await fetchIndex(mirror, suite, architecture, context));
  return indexes;
}

/**
 * The Packages index of one suite, component main. Throws an UnavailableError where the mirror does not have or send it,
 * an InputError where it is damaged.
 */
export function fetchIndex(
  mirror: Mirror,
  suite: string,
  architecture: string,
  context: FetchContext,
): Index {
  const url = `${baseUrl(mirror, suite)}/dists/${suite}/main/binary-${architecture}/Packages.xz`;
  const release = suite.replace(/-.*/, '');
  let indexes = known.get(context);
  if (indexes?.release !== release) indexes = { release, byUrl: new Map() };
  known.set(context, indexes);
  const { byUrl } = indexes;
  const index = byUrl.get(url) ?? readIndex(url, suite, context);
  byUrl.set(url, index);
  index.catch(() => byUrl.delete(url));
  return index;
}

async function readIndex(url: string, suite: string, context: FetchContext): Index {
  context.progress(`index of ${suite}`);
  try {
    return await persist(url, context, () =>
      request(url, {}, context, async ({ body }) => {
        const packages: Package[] = [];
        for await (const stanzas of wholeStanzas(decompressStream(body, 'xz', { url }))) {
          for (const one of parseIndex(stanzas, suite)) packages.push(one);
        }
        return packages;
      }),
    );
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    throw new UnavailableError(
      `no index of ${suite}: ${error.message}`,
      { url },
      'check the network, or name another mirror with --mirror',
      { cause: error },
    );
  }
}

/** The text of an index in pieces that end between two stanzas. */
async function* wholeStanzas(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of chunks) {
    rest += decoder.decode(bytes, { stream: true });
    const end = rest.lastIndexOf('\n\n') + 2;
    if (end < 2) continue;
    yield rest.slice(0, end);
    rest = rest.slice(end);
  }
  yield rest + decoder.decode();
}

export function parseIndex(text: string, suite: string): readonly Package[] {
  const packages: Package[] = [];
  for (const stanza of parseStanzas(text, FIELDS)) {
    const field = (name: string): string => {
      const value = stanza.get(name);
      if (value !== undefined) return value;
      throw new InputError(`index of ${suite}: ${stanza.get('Package')} has no ${name}`);
    };
    const relations = [stanza.get('Pre-Depends'), stanza.get('Depends')];
    packages.push({
      name: field('Package'),
      version: field('Version'),
      suite,
      path: field('Filename'),
      size: Number(field('Size')),
      sha256: field('SHA256'),
      essential: stanza.get('Essential') === 'yes',
      priority: stanza.get('Priority') ?? 'optional',
      depends: relations.filter((text) => text !== undefined).join(', '),
      provides: stanza.get('Provides') ?? '',
      source: stanza.get('Source') ?? '',
    });
  }
  return packages;
}

/** The source package that a package was built from. */
export function sourcePackageOf({ name, version, source }: Package): SourcePackage {
  const [, own = name, other = version] = /^(\S+)(?:\s+\(([^)]+)\))?/.exec(source) ?? [];
  return { source: own, version: other };
}

/** Groups of alternatives, names only: `a (>= 1) | b:any, c` → [[a, b], [c]]. */
export function parseRelations(text: string): readonly (readonly string[])[] {
  const groups = text.split(',').map((group) =>
    group
      .split('|')
      .map((one) => one.trim().replace(/[\s:(<[].*$/s, ''))
      .filter((name) => name !== ''),
  );
  return groups.filter((group) => group.length > 0);
}

/** One package of each name: the lowest or the highest version served. Equal versions: the suite listed first. */
export function choose(
  indexes: readonly (readonly Package[])[],
  which: 'lowest' | 'highest',
): ReadonlyMap<string, Package> {
  const sign = which === 'lowest' ? -1 : 1;
  const chosen = new Map<string, Package>();
  for (const candidate of indexes.flat()) {
    const known = chosen.get(candidate.name);
    if (!known || sign * compareVersions(candidate.version, known.version) > 0) {
      chosen.set(candidate.name, candidate);
    }
  }
  return chosen;
}
