import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UnavailableError } from '../errors.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { type DockerRegistry, startDockerRegistry } from '../testing/docker-registry.ts';
import { lackOf, unless } from '../testing/needs.ts';
import { offlineContext } from '../testing/offline.ts';
import { until } from '../testing/until.ts';
import { scriptUrl } from '../workers/pool.ts';
import { ociLayout } from './oci-layout.ts';
import type { FetchContext } from './provider.ts';
import { registry as provider } from './registry.ts';

interface Context {
  directory: string;
  registry: DockerRegistry | undefined;
}

const test = unless(
  suite<Context>('docker-registry of the distribution, filled by skopeo'),
  lackOf('docker-registry', 'umoci', 'skopeo', 'tar'),
);

/** `ann` with the password `secret`. */
const HTPASSWD = 'ann:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a';

test.before.each(async (context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-pull-'));
  context.registry = undefined;
});
test.after.each(async ({ directory, registry }) => {
  await registry?.stop();
  rmSync(directory, { recursive: true });
});

/** An image of umoci from files of this machine: two layers, of which the second deletes a file of the first. */
const LAYOUT = `
  mkdir -p root/bin && cp /usr/bin/bash /usr/bin/cat /usr/bin/perl /usr/bin/dpkg* root/bin/ && tar -C root -cf root.tar . &&
  umoci init --layout layout && umoci new --image layout:x &&
  umoci config --image layout:x --os linux --architecture amd64 &&
  umoci raw add-layer --image layout:x root.tar &&
  mkdir -p change/bin && : > change/bin/.wh.cat && cp /usr/bin/tar change/bin/ && tar -C change -cf change.tar . &&
  umoci raw add-layer --image layout:x change.tar &&
  skopeo copy --dest-compress --dest-compress-format zstd oci:layout:x oci:zstd:x`;

async function start(context: Context, htpasswd?: string): Promise<string> {
  context.registry = await startDockerRegistry(join(context.directory, 'registry'), htpasswd);
  const made = spawnSync('sh', ['-c', LAYOUT], { cwd: context.directory, encoding: 'utf8' });
  assert.is(made.status, 0, made.stderr);
  return context.registry!.host;
}

function push(directory: string, from: string, to: string, ...options: readonly string[]): void {
  const args = ['copy', '--dest-tls-verify=false', ...options, from, `docker://${to}`];
  const { status, stderr } = spawnSync('skopeo', args, { cwd: directory, encoding: 'utf8' });
  assert.is(status, 0, stderr);
}

function online(directory: string): FetchContext {
  return { ...offlineContext(directory), fetch: globalThis.fetch, backoffMs: 0 };
}

async function pull(directory: string, reference: string): Promise<ImageDescriptor> {
  const source = { type: 'registry', reference, platform: 'linux/amd64' } as const;
  const context = online(directory);
  const pins = await provider.pin!(source, { id: 'x' }, context);
  return provider.fetch(source, { id: 'x' }, pins, context);
}

function readLayout(directory: string, path: string): Promise<ImageDescriptor> {
  const source = { type: 'oci-layout', path, reference: 'x', platform: 'linux/amd64' } as const;
  return ociLayout.fetch(source, { id: 'x' }, undefined, offlineContext(directory));
}

/** All of an image but where its blobs lie. */
function facts(image: ImageDescriptor): unknown {
  const layers = image.layers.map(({ diffId, delivered }) => {
    const { path: _path, ...descriptor } = delivered!;
    return { diffId, ...descriptor };
  });
  return { ...image, layers };
}

test('what is pulled equals the layout, as OCI by gzip and by zstd, and as Docker schema 2', async (context) => {
  const { directory } = context;
  const host = await start(context);
  for (const layout of ['layout', 'zstd']) {
    push(directory, `oci:${layout}:x`, `${host}/team/${layout}:x`);
    const pulled = await pull(directory, `${host}/team/${layout}:x`);
    assert.equal(facts(pulled), facts(await readLayout(directory, layout)));
    assert.match(pulled.layers[0]!.delivered!.mediaType, layout === 'zstd' ? /zstd/ : /gzip/);
  }
  push(directory, 'oci:layout:x', `${host}/team/docker:x`, '--format', 'v2s2');
  const docker = await pull(directory, `${host}/team/docker:x`);
  assert.match(docker.layers[0]!.delivered!.mediaType, /vnd\.docker\./);
  assert.is(docker.digest, (await readLayout(directory, 'layout')).digest);
});

test('a login is what docker has stored', async (context) => {
  const { directory } = context;
  const host = await start(context, HTPASSWD);
  push(directory, 'oci:layout:x', `${host}/team/image:x`, '--dest-creds', 'ann:secret');
  const before = process.env['DOCKER_CONFIG'];
  process.env['DOCKER_CONFIG'] = directory;
  try {
    const guest = await pull(directory, `${host}/team/image:x`).catch((error: unknown) => error);
    assert.instance(guest, UnavailableError);
    assert.match(String(guest), /wants a login.*docker login/);
    const auth = Buffer.from('ann:secret').toString('base64');
    writeFileSync(join(directory, 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }));
    const pulled = await pull(directory, `${host}/team/image:x`);
    assert.is(pulled.digest, (await readLayout(directory, 'layout')).digest);
  } finally {
    if (before === undefined) delete process.env['DOCKER_CONFIG'];
    else process.env['DOCKER_CONFIG'] = before;
  }
});

/** Passes requests on to a registry; while `holdsBack`, no more than the first MiB of a blob's bytes comes back. */
class Tap {
  holdsBack = true;
  /** `PATH RANGE` of the blobs that were asked for. */
  readonly asked: string[] = [];
  /** Once bytes are held back: the digest of the blob, in hexadecimal. */
  readonly held: Promise<string>;
  readonly #server: Server;

  constructor(registry: string) {
    let onHeld: (hex: string) => void = () => {};
    this.held = new Promise((resolve) => {
      onHeld = resolve;
    });
    this.#server = createServer((from, to) => {
      const { method, url = '', headers } = from;
      if (url.includes('/blobs/')) this.asked.push(`${url} ${headers.range ?? ''}`);
      const onward = forward(`http://${registry}${url}`, { method, headers }, (answer) => {
        to.writeHead(answer.statusCode!, answer.headers);
        let count = 0;
        answer.on('data', (bytes: Uint8Array) => {
          count += bytes.length;
          if (this.holdsBack && count > 1 << 20) {
            answer.pause();
            onHeld(url.split('sha256:')[1]!);
          } else to.write(bytes);
        });
        answer.on('end', () => to.end());
      });
      to.on('close', () => onward.destroy());
      onward.on('error', () => to.destroy());
      onward.end();
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

test('65 a pull that is killed in the middle goes on where it was, and ends with the same image', async (context) => {
  const { directory } = context;
  const host = await start(context);
  push(directory, 'oci:layout:x', `${host}/team/image:x`);
  const tap = new Tap(host);
  const address = await tap.start();
  try {
    const script = fileURLToPath(scriptUrl('../cli', import.meta.url));
    const runtime = 'Deno' in globalThis ? ['run', '--quiet', '-A', script] : [script];
    const manifest = join(directory, 'mine.json');
    const cache = ['--cache', join(directory, 'cache')];
    const bench = (...words: readonly string[]): ReturnType<typeof spawn> =>
      spawn(process.execPath, [...runtime, 'dataset', ...words], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    const add = bench('add', manifest, `${address}/team/image:x`);
    assert.is(await new Promise((resolve) => add.on('close', resolve)), 0);

    const first = bench('fetch', manifest, ...cache);
    const ended = new Promise((resolve) => first.on('close', resolve));
    const held = await Promise.race([tap.held, ended.then(() => '')]);
    const partial = join(directory, 'cache', 'partial');
    const hasArrived = (name: string): boolean =>
      name.startsWith(held) && readFileSync(join(partial, name)).length > 0;
    // Of the blobs this one alone cannot end: the others may be asked for anew, or never again.
    await until('bytes of that blob', () => {
      assert.is(first.exitCode, null, 'the pull is still under way');
      return readdirSync(partial).some(hasArrived);
    });
    first.kill('SIGKILL');
    await ended;

    tap.holdsBack = false;
    tap.asked.length = 0;
    const second = bench('fetch', manifest, ...cache);
    let output = '';
    second.stdout!.on('data', (bytes) => {
      output += String(bytes);
    });
    assert.is(await new Promise((resolve) => second.on('close', resolve)), 0);
    assert.ok(
      tap.asked.some((line) => / bytes=[1-9]\d*-$/.test(line)),
      `continued by a range: ${tap.asked.join(', ')}`,
    );
    const expected = await readLayout(directory, 'layout');
    assert.is(output.split('\t')[1], expected.digest);
    assert.equal(readdirSync(partial), [], 'nothing is left over');
  } finally {
    tap.stop();
  }
});

test.run();
