import { UsageError } from '../../errors.ts';

/** An image in a registry (distribution/reference, the grammar that `docker pull` reads). */
export interface Reference {
  /** Host, and port where one is named: `docker.io`, `127.0.0.1:5000`. */
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:…` */
  readonly digest?: string;
}

const LENGTH = 512;
const HOST =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Throws a UsageError that says which part is wrong. Neither tag nor digest means the tag `latest`. */
export function parseReference(text: string): Reference {
  const fault = (what: string, remedy: string): UsageError =>
    new UsageError(`${what} in reference '${text.slice(0, 200)}'`, {}, remedy);
  if (text.length > LENGTH) throw fault('too many characters', `give at most ${LENGTH}`);
  const [named = '', digest, ...more] = text.split('@');
  if (more.length > 0 || (digest !== undefined && !DIGEST.test(digest))) {
    throw fault('no digest', 'give NAME@sha256: and 64 lower-case hexadecimal digits');
  }
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  if (tag !== undefined && !TAG.test(tag)) {
    throw fault(`illegal tag '${tag}'`, 'use letters, digits, dots, hyphens, underscores');
  }
  const [first = '', ...rest] = (colon < 0 ? named : named.slice(0, colon)).split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  if (isHost && !HOST.test(first)) throw fault(`illegal host '${first}'`, 'give HOST or HOST:PORT');
  const path = isHost ? rest : [first, ...rest];
  const wrong = path.find((component) => !COMPONENT.test(component));
  if (wrong !== undefined) {
    throw fault(`illegal name '${wrong}'`, 'use lower-case letters, digits and single separators');
  }
  const registry = isHost && first !== 'index.docker.io' ? first : 'docker.io';
  const isOfficial = registry === 'docker.io' && path.length === 1;
  return {
    registry,
    repository: (isOfficial ? ['library', ...path] : path).join('/'),
    ...(tag === undefined && digest !== undefined ? {} : { tag: tag ?? 'latest' }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** In full: host, repository, tag, digest. */
export function printReference({ registry, repository, tag, digest }: Reference): string {
  return `${registry}/${repository}${tag ? `:${tag}` : ''}${digest ? `@${digest}` : ''}`;
}

/** `NAME` in full; undefined for what is no reference. */
export function fullName(text: string): string | undefined {
  try {
    return printReference(parseReference(text));
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}
