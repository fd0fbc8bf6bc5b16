import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { push } from '../../bench/time-model/laboratory/push.ts';
import {
  dockerRegistry,
  lacking,
  nginx,
  nginxWith,
  startServer,
} from '../../bench/time-model/laboratory/servers.ts';
import { objectPath, writeArtefact } from '../models/artefact.ts';
import { inline } from '../objects/executor.ts';
import { sha256 } from '../packers/blobs.ts';
import { MANIFEST_TYPE, type Manifest, type Packed } from '../packers/packer.ts';
import { absent, type Lack } from './needs.ts';

/** A packed image on servers of the distribution, and what nginx says in its access log that it sent of it. */
export interface CountedServer {
  readonly manifest: Manifest;
  /** All of a blob, or bytes from `offset` to `end`, exclusive. */
  blob(digest: string, offset?: number, end?: number): Promise<Uint8Array>;
  /** @param name sha256 of its content, hexadecimal */
  object(name: string): Promise<Uint8Array>;
  /** Bodies that were sent, and requests that were answered, the manifest among them. */
  counted(): Promise<Counted>;
  stop(): Promise<void>;
}

export interface Counted {
  readonly bytes: number;
  readonly requests: number;
}

/** Who has manifests and blobs: nginx as static files, or a registry that nginx stands before. Objects are files of nginx. */
export const KEEPERS = ['nginx', 'docker-registry'] as const;

/** What {@link serveCounted} cannot do without, for `unless`. */
export function lackOfCountedServers(): Lack | undefined {
  const missing = lacking([dockerRegistry, nginx]);
  return missing === undefined ? undefined : absent(missing);
}

const LOG = 'requests.log';
const REPOSITORY = 'image';
/** Not there: nginx has written of all that came before once it answers this. */
const MARK = '/all-before-is-written';

/**
 * Serves on loopback and asks for the manifest.
 *
 * @param directory of the test's, empty
 */
export async function serveCounted(
  packed: Packed,
  keeper: (typeof KEEPERS)[number],
  directory: string,
): Promise<CountedServer> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.reverse()) await one();
  };
  try {
    let locations = '';
    if (keeper === 'docker-registry') {
      const own = join(directory, 'registry');
      mkdirSync(own);
      const registry = await startServer(dockerRegistry, own);
      stops.push(registry.stop);
      await push(packed, registry.port, REPOSITORY);
      locations = `location /v2/ { proxy_pass http://127.0.0.1:${registry.port}; }`;
    }
    const own = join(directory, 'nginx');
    mkdirSync(own);
    await writeArtefact(packed, join(own, 'files'), inline);
    const log = `log_format counted "$request_uri $status $body_bytes_sent"; access_log "${join(own, LOG)}" counted;`;
    const { port, stop: stopNginx } = await startServer(nginxWith(log, locations), own);
    stops.push(stopNginx);
    return { ...(await openCounted(packed, keeper, port, join(own, LOG))), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openCounted(
  packed: Packed,
  keeper: (typeof KEEPERS)[number],
  port: number,
  log: string,
): Promise<Omit<CountedServer, 'stop'>> {
  const ask = async (path: string, headers: Record<string, string>): Promise<Uint8Array> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const wanted = headers['range'] === undefined ? 200 : 206;
    if (response.status === wanted) return bytes;
    throw new Error(`${path}: HTTP ${response.status}`);
  };
  const placeOf = (kind: 'manifests' | 'blobs', digest: string): string =>
    keeper === 'nginx'
      ? `/blobs/${digest.replace(':', '/')}`
      : `/v2/${REPOSITORY}/${kind}/${digest}`;
  const manifest = await ask(placeOf('manifests', `sha256:${sha256(packed.manifest)}`), {
    accept: MANIFEST_TYPE,
  });
  return {
    manifest: JSON.parse(new TextDecoder().decode(manifest)) as Manifest,
    blob: (digest, offset = 0, end) =>
      ask(
        placeOf('blobs', digest),
        end === undefined ? {} : { range: `bytes=${offset}-${end - 1}` },
      ),
    object: (name) => ask(objectPath('/objects', name), {}),
    async counted() {
      await (await fetch(`http://127.0.0.1:${port}${MARK}`)).text();
      const lines = readFileSync(log, 'utf8').split('\n');
      // The first ones, of `/`, asked whether it answers yet.
      const sent = lines
        .map((line) => line.split(' '))
        .filter(([path]) => path !== '' && path !== '/' && path !== MARK);
      return {
        bytes: sent.reduce((sum, [, , bytes]) => sum + Number(bytes), 0),
        requests: sent.length,
      };
    },
  };
}
