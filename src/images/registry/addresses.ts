import { BlockList, isIP } from 'node:net';
import { UnavailableError } from '../../errors.ts';

/** Redirects in a row; browsers stop at twenty, registries need two. */
const REDIRECTS = 10;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Addresses that mean another machine to everybody (RFC 6890). */
const inner = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  inner.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  inner.addSubnet(network, prefix, 'ipv6');
}

/** Which addresses a server may send its client to. */
export interface Trust {
  /** The server in messages. */
  readonly who: 'registry' | 'server';
  /** How to give leave for more, in hints; absent where there is no way. */
  readonly option?: string;
  /** Plain HTTP may be spoken with these, `HOST` or `HOST:PORT`; with loopback addresses it always may. */
  readonly insecure: readonly string[];
  /** True where the server itself is inside: then what it names may be so too. */
  readonly isInside: boolean;
}

export function trustOf(registry: string, insecure: readonly string[]): Trust {
  const { hostname } = new URL(`https://${registry}`);
  const isInside = insecure.includes(registry) || isLoopback(hostname) || isInner(hostname);
  return { who: 'registry', option: '--insecure-registry HOST', insecure, isInside };
}

/**
 * Of a server that a URL names.
 * @param isPlain the user has named it by plain HTTP himself
 */
export function trustUrl({ hostname, host }: URL, isPlain: boolean = false): Trust {
  const isInside = isLoopback(hostname) || isInner(hostname);
  return { who: 'server', insecure: isPlain ? [host] : [], isInside };
}

/** Where the registry listens. */
export function baseUrl(registry: string, { insecure }: Trust): string {
  if (registry === 'docker.io') return 'https://registry-1.docker.io';
  const isPlain =
    insecure.includes(registry) || isLoopback(new URL(`https://${registry}`).hostname);
  return `${isPlain ? 'http' : 'https'}://${registry}`;
}

/**
 * A fetch that follows redirects itself: credentials stay with the origin they were meant for, a few hops are the most, and
 * none leads to plain HTTP, to another scheme, or from outside to the inside of this network. Only addresses are judged:
 * names are resolved later, by the runtime.
 */
export function guardedFetch(
  fetch: typeof globalThis.fetch,
  trust: Trust,
): typeof globalThis.fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    let url = new URL(String(input));
    for (let hops = 0; hops <= REDIRECTS; hops++) {
      checkAddress(url, trust, String(input));
      const response = await fetch(url.href, { ...init, headers, redirect: 'manual' });
      // What a body carries is meant for one server.
      if (!isRedirect(response) || init?.body) return response;
      await response.body?.cancel();
      const next = targetOf(response, url, trust);
      if (next.origin !== url.origin) headers.delete('authorization');
      url = next;
    }
    throw new UnavailableError(
      `more than ${REDIRECTS} redirects`,
      { url: String(input) },
      `the ${trust.who} leads in a circle: name another one`,
    );
  };
}

function isRedirect({ status }: Response): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

function targetOf({ status, headers }: Response, from: URL, { who }: Trust): URL {
  const location = headers.get('location') ?? '';
  if (location !== '' && URL.canParse(location, from.href)) return new URL(location, from);
  throw new UnavailableError(
    `a redirect (HTTP ${status}) to '${location}'`,
    { url: `${from.origin}${from.pathname}` },
    `the ${who} is damaged: name another one`,
  );
}

function checkAddress(url: URL, trust: Trust, asked: string): void {
  const { who, option, insecure, isInside } = trust;
  const { protocol, hostname, host } = url;
  const isPlain = protocol === 'http:' && (insecure.includes(host) || isLoopback(hostname));
  const where = { url: asked };
  if (protocol !== 'https:' && !isPlain) {
    throw new UnavailableError(
      `the ${who} leads to ${protocol}//${host}`,
      where,
      `only https is spoken, and http with loopback addresses${option ? ` or ${option}` : ''}`,
    );
  }
  if (isInside || !(isLoopback(hostname) || isInner(hostname))) return;
  throw new UnavailableError(
    `the ${who} leads to the private address ${host}`,
    where,
    option ? `if that is meant, name the ${who} by ${option}` : `name another ${who}`,
  );
}

/** An address of this machine, or a name that always means it. */
export function isLoopback(hostname: string): boolean {
  return /(^|\.)localhost\.?$/.test(hostname) || isIn(loopback, hostname);
}

function isInner(hostname: string): boolean {
  return isIn(inner, hostname);
}

function isIn(list: BlockList, hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
