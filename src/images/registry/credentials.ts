import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { claimChild } from '../../claims.ts';
import { InputError, UnavailableError } from '../../errors.ts';
import { decode, parseJson } from '../documents.ts';

/** What a user is known by at a registry: a name and a password, or a token that tokens are given for. */
export type Credentials =
  | { readonly user: string; readonly password: string }
  | { readonly identityToken: string };

interface DockerConfig {
  readonly auths?: Readonly<Record<string, Auth>> | undefined;
  readonly credHelpers?: Readonly<Record<string, string>> | undefined;
  readonly credsStore?: string | undefined;
}

interface Auth {
  readonly auth?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly identitytoken?: string | undefined;
}

const configSchema: z.ZodType<DockerConfig> = z.looseObject({
  auths: z
    .record(
      z.string(),
      z.looseObject({
        auth: z.string().optional(),
        username: z.string().optional(),
        password: z.string().optional(),
        identitytoken: z.string().optional(),
      }),
    )
    .optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: z.string().optional(),
});

const answerSchema: z.ZodType<{ readonly Username: string; readonly Secret: string }> =
  z.looseObject({ Username: z.string(), Secret: z.string() });

/** What helpers answer for a registry they know nothing of (docker-credential-helpers, credentials/error.go). */
const NOT_FOUND = /credentials not found/;

/** What a helper may take: it may ask the user for a password. */
const HELPER_MS = 60_000;

/**
 * What `docker login` stored for a registry: a helper's answer, else the file's own. undefined where there is nothing: then
 * one is a guest. Throws an InputError (damaged file) or UnavailableError (a helper that is missing or fails).
 * @param directory default: DOCKER_CONFIG, then `~/.docker`
 */
export async function findCredentials(
  registry: string,
  directory: string = process.env['DOCKER_CONFIG'] || join(homedir(), '.docker'),
): Promise<Credentials | undefined> {
  const path = join(directory, 'config.json');
  const config = readConfig(path);
  if (!config) return undefined;
  const key = registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
  const helper = Object.hasOwn(config.credHelpers ?? {}, key)
    ? config.credHelpers![key]!
    : config.credsStore;
  if (helper) {
    const found = await askHelper(helper, key);
    if (found) return found;
  }
  // `docker login` writes the host alone; older versions wrote URLs.
  const names = [key, `https://${registry}`, `https://${registry}/v1/`, `https://${registry}/v2/`];
  const name = names.find((one) => Object.hasOwn(config.auths ?? {}, one));
  return name === undefined ? undefined : fromAuth(config.auths![name]!, name, path);
}

function readConfig(path: string): DockerConfig | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as { code?: unknown }).code)))
      return undefined;
    throw new InputError(
      'the credentials cannot be read',
      { file: path },
      'correct its permissions, or set DOCKER_CONFIG',
      { cause: error },
    );
  }
  return parseJson(decode(bytes, { file: path }), configSchema, { file: path });
}

function fromAuth(auth: Auth, name: string, file: string): Credentials | undefined {
  if (auth.identitytoken) return { identityToken: auth.identitytoken };
  if (auth.username && auth.password) return { user: auth.username, password: auth.password };
  if (!auth.auth) return undefined;
  const text = Buffer.from(auth.auth, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = text.indexOf(':');
  if (colon > 0) return { user: text.slice(0, colon), password: text.slice(colon + 1) };
  throw new InputError(
    'not base64 of USER:PASSWORD',
    { file, field: `auths.${name}.auth` },
    `write it anew with \`docker login ${name}\``,
  );
}

/** The protocol of docker-credential-helpers: `get`, the registry on standard input, JSON on standard output. */
async function askHelper(helper: string, registry: string): Promise<Credentials | undefined> {
  const program = `docker-credential-${helper}`;
  const fault = (what: string): UnavailableError =>
    new UnavailableError(
      `${program} ${what}`,
      { url: registry },
      'correct credsStore and credHelpers in the configuration of docker, or set DOCKER_CONFIG',
    );
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(helper)) throw fault('is no name of a program');
  const child = spawn(program, ['get'], { stdio: ['pipe', 'pipe', 'ignore'] });
  claimChild(child);
  // Not by `spawn`, whose timer holds up the end of this process where the program is missing.
  const timer = setTimeout(() => child.kill(), HELPER_MS);
  const output: Uint8Array[] = [];
  child.stdout.on('data', (bytes: Uint8Array) => output.push(bytes));
  child.stdin.on('error', () => {});
  child.stdin.end(registry);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (error) => reject(fault(`cannot be run: ${error.message}`)));
    child.on('close', resolve);
  }).finally(() => clearTimeout(timer));
  const bytes = Buffer.concat(output);
  if (code !== 0) {
    if (NOT_FOUND.test(bytes.toString('utf8'))) return undefined;
    throw fault(`failed (${code === null ? 'it was ended' : `exit code ${code}`})`);
  }
  const { Username, Secret } = readAnswer(bytes, program, fault);
  if (Username === '<token>') return { identityToken: Secret };
  return { user: Username, password: Secret };
}

function readAnswer(
  bytes: Uint8Array,
  file: string,
  fault: (what: string) => UnavailableError,
): z.infer<typeof answerSchema> {
  try {
    return parseJson(decode(bytes, { file }), answerSchema, { file });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // The answer may hold half of a secret: nothing of it is told.
    throw fault('answers with no JSON of Username and Secret');
  }
}
