import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UnavailableError, UsageError } from '../../errors.ts';
import { parseStanzas } from './control.ts';

/** Base URLs of the archives, without a slash at the end. */
export interface Mirror {
  readonly main: string;
  readonly security: string;
}

const APT = '/etc/apt';

/** From the command line, else DEBIAN_MIRROR, else what apt is configured with. Throws an UnavailableError where there is none. */
export function findMirror(given: string | undefined, apt: string = APT): Mirror {
  const named = given ?? process.env['DEBIAN_MIRROR'];
  if (named) return mirrorAt(named);
  const uris = [...aptUris(apt)];
  const isDebian = ([uri, suites]: readonly [string, readonly string[]]): boolean =>
    /\/debian(-security)?$/.test(uri) && suites.length > 0;
  const entries = uris.filter(isDebian);
  const isSecurity = ([, suites]: readonly [string, readonly string[]]): boolean =>
    suites.some((suite) => suite.endsWith('-security'));
  const main = entries.find((entry) => !isSecurity(entry))?.[0];
  const security = entries.find(isSecurity)?.[0];
  if (main === undefined) {
    throw new UnavailableError(
      'no Debian mirror is known',
      {},
      'give --mirror URL or set DEBIAN_MIRROR; apt on this machine is configured with none',
    );
  }
  return { main, security: security ?? `${main}-security` };
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
  const main = text.replace(/\/+$/, '');
  return { main, security: `${main}-security` };
}

function* aptUris(apt: string): Generator<readonly [uri: string, suites: readonly string[]]> {
  for (const path of [join(apt, 'sources.list'), ...listFiles(join(apt, 'sources.list.d'))]) {
    const text = readText(path);
    if (path.endsWith('.sources')) {
      for (const stanza of parseStanzas(text)) {
        if (stanza.get('Enabled') === 'no') continue;
        const suites = (stanza.get('Suites') ?? '').split(/\s+/).filter((suite) => suite !== '');
        for (const uri of (stanza.get('URIs') ?? '').split(/\s+/)) yield [trim(uri), suites];
      }
    } else {
      for (const line of text.split('\n')) {
        const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/.exec(line);
        if (match) yield [trim(match[1]!), [match[2]!]];
      }
    }
  }
}

function trim(uri: string): string {
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
