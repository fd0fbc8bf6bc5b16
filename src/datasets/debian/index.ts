import { decompressStream } from '../../codecs/read.ts';
import { InputError, UnavailableError } from '../../errors.ts';
import type { FetchContext } from '../provider.ts';
import { parseStanzas } from './control.ts';
import type { Mirror } from './mirror.ts';
import { compareVersions } from './versions.ts';

/** One binary package as an index lists it. */
export interface Package {
  readonly name: string;
  readonly version: string;
  readonly suite: string;
  /** Path below the archive's base URL. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly essential: boolean;
  readonly priority: string;
  /** Groups of alternatives, names only. */
  readonly depends: readonly (readonly string[])[];
  readonly provides: readonly string[];
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
]);

export function baseUrl(mirror: Mirror, suite: string): string {
  return suite.endsWith('-security') ? mirror.security : mirror.main;
}

/** Fetches and reads the Packages index of one suite, component main. */
export async function fetchIndex(
  mirror: Mirror,
  suite: string,
  architecture: string,
  context: FetchContext,
): Promise<readonly Package[]> {
  const url = `${baseUrl(mirror, suite)}/dists/${suite}/main/binary-${architecture}/Packages.xz`;
  context.progress(`index of ${suite}`);
  let response: Response;
  try {
    response = await context.fetch(url, context.signal ? { signal: context.signal } : {});
  } catch (cause) {
    context.signal?.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UnavailableError(
      `the mirror does not answer: ${reason}`,
      { url },
      'check the network, or name another with --mirror',
      { cause },
    );
  }
  if (!response.ok || !response.body) {
    throw new UnavailableError(
      `the mirror has no index of ${suite} (HTTP ${response.status})`,
      { url },
      'name another mirror with --mirror',
    );
  }
  let text = '';
  const decoder = new TextDecoder();
  const body = response.body as unknown as AsyncIterable<Uint8Array>;
  for await (const bytes of decompressStream(body, 'xz', { url })) {
    text += decoder.decode(bytes, { stream: true });
  }
  return parseIndex(text + decoder.decode(), suite);
}

export function parseIndex(text: string, suite: string): readonly Package[] {
  const packages: Package[] = [];
  for (const stanza of parseStanzas(text, FIELDS)) {
    const field = (name: string): string => {
      const value = stanza.get(name);
      if (value !== undefined) return value;
      throw new InputError(`index of ${suite}: ${stanza.get('Package')} has no ${name}`);
    };
    packages.push({
      name: field('Package'),
      version: field('Version'),
      suite,
      path: field('Filename'),
      size: Number(field('Size')),
      sha256: field('SHA256'),
      essential: stanza.get('Essential') === 'yes',
      priority: stanza.get('Priority') ?? 'optional',
      depends: ['Pre-Depends', 'Depends'].flatMap((name) => parseRelations(stanza.get(name))),
      provides: parseRelations(stanza.get('Provides')).flat(),
    });
  }
  return packages;
}

/** `a (>= 1) | b:any, c` → [[a, b], [c]]. */
function parseRelations(text: string | undefined): readonly (readonly string[])[] {
  if (!text) return [];
  return text.split(',').map((group) =>
    group
      .split('|')
      .map((one) => one.trim().replace(/[\s:(<[].*$/s, ''))
      .filter((name) => name !== ''),
  );
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
