import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UnavailableError, UsageError } from '../../errors.ts';
import { parseStanzas } from './control.ts';

/** Base URLs of the archives, without a slash at the end. */
export interface Mirror {
  readonly main: string;
  readonly security: string;
}

/** One source that apt is configured with. */
interface AptSource {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
}

const APT = '/etc/apt';

export function baseUrl(mirror: Mirror, suite: string): string {
  return suite.endsWith('-security') ? mirror.security : mirror.main;
}

/** From the command line, else DEBIAN_MIRROR, else what apt is configured with. Throws an UnavailableError where there is none. */
export function findMirror(given: string | undefined, apt: string = APT): Mirror {
  const named = given ?? process.env['DEBIAN_MIRROR'];
  if (named) return mirrorAt(named);
  const sources = [...aptSources(apt)].filter(
    ({ uri, components }) => /^https?:/.test(uri) && components.includes('main'),
  );
  const isSecurity = ({ suites }: AptSource): boolean =>
    suites.some((suite) => suite.endsWith('-security'));
  // Others who serve packages for Debian also end their URLs so, but further down: …/linux/debian, …/runner/debian.
  const main = sources
    .filter((source) => source.uri.endsWith('/debian') && !isSecurity(source))
    .map(({ uri }) => uri)
    .sort((a, b) => a.split('/').length - b.split('/').length)[0];
  if (main === undefined) {
    throw new UnavailableError(
      'no Debian mirror is known',
      {},
      'set DEBIAN_MIRROR=http://HOST/debian or give --mirror URL, for apt here names none; bench run --dataset alpine needs none',
    );
  }
  return { main, security: sources.find(isSecurity)?.uri ?? `${main}-security` };
}

/** Mirrors keep the security archive beside the main one. */
function mirrorAt(text: string): Mirror {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new UsageError(
      `mirror '${text}' is no http URL`,
      {},
      'give one such as http://HOST/debian',
    );
  }
  const main = withoutSlash(text);
  return { main, security: `${main}-security` };
}

/** In the order in which apt reads them (sources.list(5)). */
function* aptSources(apt: string): Generator<AptSource> {
  const directory = join(apt, 'sources.list.d');
  for (const path of [join(apt, 'sources.list'), ...listFiles(directory)]) {
    const text = readText(path);
    if (path.endsWith('.list')) yield* lineSources(text);
    if (path.endsWith('.sources')) yield* stanzaSources(text);
  }
}

function* lineSources(text: string): Generator<AptSource> {
  for (const line of text.split('\n')) {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+([^#]+)/.exec(line);
    if (!match) continue;
    const [, uri, suite, components] = match;
    yield { uri: followList(uri!), suites: [suite!], components: words(components) };
  }
}

function* stanzaSources(text: string): Generator<AptSource> {
  for (const stanza of parseStanzas(text)) {
    if (/^(?:no|false|without|off|disable|0)$/i.test(stanza.get('Enabled') ?? '')) continue;
    if (!words(stanza.get('Types')).includes('deb')) continue;
    for (const uri of words(stanza.get('URIs'))) {
      const suites = words(stanza.get('Suites'));
      yield { uri: followList(uri), suites, components: words(stanza.get('Components')) };
    }
  }
}

/** `mirror+file:/etc/apt/mirrors/debian.list`, as cloud images have it, names a file of URLs (apt-transport-mirror(1)). */
function followList(uri: string): string {
  const list = /^mirror\+file:(?:\/\/)?(\/.*)$/.exec(uri)?.[1];
  const first = list === undefined ? uri : /^https?:\S+/m.exec(readText(list))?.[0];
  return withoutSlash(first ?? uri);
}

function words(text: string | undefined): readonly string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}

function withoutSlash(uri: string): string {
  return uri.replace(/\/+$/, '');
}

function listFiles(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .sort()
      .map((name) => join(directory, name));
  } catch {
    return [];
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
