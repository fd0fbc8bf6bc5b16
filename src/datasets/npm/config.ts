import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { errorCode, InputError, storageError, UnavailableError } from '../../errors.ts';

/** Where npm would fetch packages, as npm is configured here (npm docs, "npmrc"): no registry is written down in this tree. */

export interface NpmRegistry {
  /** Without a slash at the end. */
  readonly url: string;
  /** The header for a request: its host and path may have credentials of their own. */
  authorization(url: string): string | undefined;
}

export interface NpmSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where the command was started. */
  readonly directory: string;
  /** Of the user. */
  readonly home: string;
  /** What npm itself says of a key: it knows its global and built-in configuration. */
  readonly ask: (key: string) => string | undefined;
}

type Settings = ReadonlyMap<string, string>;

/** Milliseconds that npm may take to say its configuration. */
const ASK_MS = 30_000;

/**
 * The registry of a package. What stands first counts: environment (`npm_config_registry`), `.npmrc` of the project, `.npmrc`
 * of the user, npm. A scope may have its own registry, `@scope:registry`, which goes before the general one. Throws an
 * UnavailableError where none is known, an InputError for what is no http URL.
 */
export function findRegistry(name: string, surroundings: NpmSurroundings = machine()): NpmRegistry {
  const all = settingsOf(surroundings);
  const scope = /^@[^/]+(?=\/)/.exec(name)?.[0];
  const keys = scope === undefined ? ['registry'] : [`${scope}:registry`, 'registry'];
  for (const look of [
    (key: string) => all.map((settings) => settings.get(key)).find((value) => value),
    surroundings.ask,
  ]) {
    for (const key of keys) {
      const found = look(key);
      if (found !== undefined) return registryAt(found, all);
    }
  }
  throw new UnavailableError(
    'no npm registry is known',
    {},
    'set npm_config_registry or `registry=` in .npmrc; npm is not installed, or says none',
  );
}

function registryAt(text: string, all: readonly Settings[]): NpmRegistry {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new InputError(
      `npm's registry '${text}' is no http URL`,
      {},
      'correct the configuration of npm: `npm config set registry URL`',
    );
  }
  return {
    url: text.replace(/\/+$/, ''),
    authorization: (url) => authorizationFor(url, all),
  };
}

/** Credentials stand under host and path, `//host/path/:_authToken`, and count for what lies below that path there. */
function authorizationFor(url: string, all: readonly Settings[]): string | undefined {
  const { host, pathname } = new URL(url);
  for (let path = pathname; path !== ''; path = path.slice(0, -1)) {
    if (!path.endsWith('/')) continue;
    const place = `//${host}${path}:`;
    const find = (key: string): string | undefined =>
      all.map((settings) => settings.get(place + key)).find((value) => value);
    const token = find('_authToken');
    if (token !== undefined) return `Bearer ${token}`;
    const basic = find('_auth');
    if (basic !== undefined) return `Basic ${basic}`;
    const [user, password] = [find('username'), find('_password')];
    if (user !== undefined && password !== undefined) {
      const plain = Buffer.from(password, 'base64').toString('utf8');
      return `Basic ${Buffer.from(`${user}:${plain}`).toString('base64')}`;
    }
  }
  return undefined;
}

/** What stands first goes before what follows. */
function settingsOf({ environment, directory, home }: NpmSurroundings): readonly Settings[] {
  const given = environmentSettings(environment);
  const user = given.get('userconfig') ?? join(home, '.npmrc');
  const project = join(projectOf(directory), '.npmrc');
  return [given, ...[project, user].map((path) => readNpmrc(path, environment))];
}

/** `npm_config_registry`, in letters of any case. */
function environmentSettings(environment: NpmSurroundings['environment']): Settings {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(environment)) {
    const key = /^npm_config_(.+)$/i.exec(name)?.[1];
    // Addresses tell their letters apart.
    if (key !== undefined && value) found.set(/^\/\//.test(key) ? key : key.toLowerCase(), value);
  }
  return found;
}

/** The nearest directory that npm takes for a project. */
function projectOf(directory: string): string {
  for (let place = resolve(directory); ; place = dirname(place)) {
    if (['package.json', 'node_modules'].some((name) => existsSync(join(place, name)))) {
      return place;
    }
    if (place === dirname(place)) return directory;
  }
}

/** Lines of `key = value`; `${NAME}` stands for what the environment has. A file that is not there says nothing. */
function readNpmrc(path: string, environment: NpmSurroundings['environment']): Settings {
  const found = new Map<string, string>();
  for (const line of textOf(path).split('\n')) {
    const [, key, value] = /^\s*([^\s;#=[][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    const bare = value.replace(/^"(.*)"$/, '$1').replace(/^'(.*)'$/, '$1');
    const filled = bare.replaceAll(/\$\{([^}]+)\}/g, (all, name) => environment[name] ?? all);
    found.set(key, filled);
  }
  return found;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return '';
    throw storageError(error, path);
  }
}

/** This machine; npm is asked once for each key. */
function machine(): NpmSurroundings {
  return { environment: process.env, directory: process.cwd(), home: homedir(), ask: askNpm };
}

const answers = new Map<string, string | undefined>();

function askNpm(key: string): string | undefined {
  if (!answers.has(key)) {
    const { status, stdout } = spawnSync('npm', ['config', 'get', key], {
      encoding: 'utf8',
      timeout: ASK_MS,
    });
    const value = status === 0 ? stdout.trim() : '';
    answers.set(key, value === '' || value === 'undefined' ? undefined : value);
  }
  return answers.get(key);
}
