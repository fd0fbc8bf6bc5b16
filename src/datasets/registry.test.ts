import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createCodec } from '../codecs/mod.ts';
import { BenchError, InputError, UnavailableError, VerificationError } from '../errors.ts';
import { Cache } from '../images/cache.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { openImage } from '../images/open.ts';
import { limits } from '../limits.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { lackOfServers, unless } from '../testing/needs.ts';
import {
  putSampleImage,
  ScriptedRegistry,
  type Served,
  sampleTars,
  sha256,
  TYPES,
} from '../testing/registry.ts';
import type { FetchContext } from './provider.ts';
import { registry as provider, type RegistrySource } from './registry.ts';

interface Context {
  directory: string;
  server: ScriptedRegistry;
  environment: Readonly<Record<string, string | undefined>>;
}

const test = unless(suite<Context>('registry'), lackOfServers());

test.before.each(async (context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-registry-'));
  context.server = await new ScriptedRegistry().start();
  context.environment = {
    DOCKER_CONFIG: process.env['DOCKER_CONFIG'],
    PATH: process.env['PATH'],
  };
  process.env['DOCKER_CONFIG'] = join(context.directory, 'docker');
});
test.after.each(async ({ directory, server, environment }) => {
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await server.stop();
  rmSync(directory, { recursive: true });
});

/** Stands still but where a server holds on. */
const clock = new ManualClock();

const PATHS = ['', 'etc', 'etc/b', 'etc/c'];

function contextOf(directory: string): FetchContext {
  return {
    cache: new Cache(join(directory, 'cache')),
    fetch: globalThis.fetch,
    baseDirectory: directory,
    progress: () => {},
    backoffMs: 0,
    clock,
  };
}

function sourceOf(reference: string, platform = 'linux/amd64'): RegistrySource {
  return { type: 'registry', reference, platform };
}

/** Pins and fetches, as the first run of a dataset does. */
async function pull(directory: string, source: RegistrySource): Promise<ImageDescriptor> {
  const context = contextOf(directory);
  const pins = await provider.pin!(source, { id: 'x' }, context);
  return provider.fetch(source, { id: 'x' }, pins, context);
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const paths = (image: ImageDescriptor): readonly string[] =>
  openImage(image).tree.entries.map(({ path }) => path);

test('OCI and Docker images are pulled by tag and by digest; what is there is not asked for', async ({
  directory,
  server,
}) => {
  const images = [false, true].map((isDocker) => putSampleImage(server, { tag: 'one', isDocker }));
  for (const name of ['one', ...images.map(({ digest }) => digest)]) {
    rmSync(join(directory, 'cache'), { recursive: true, force: true });
    const image = await pull(directory, sourceOf(server.reference(name)));
    assert.equal(paths(image), PATHS);
    assert.equal(
      image.layers.map(({ diffId }) => diffId),
      sampleTars.map(sha256),
    );
    const { delivered } = image.layers[1]!;
    assert.is(sha256(readFileSync(delivered!.path)), delivered!.digest);
    const source = sourceOf(server.reference(name));
    const pins = await provider.pin!(source, { id: 'x' }, contextOf(directory));
    const asked = server.requests.length;
    assert.equal(await provider.fetch(source, { id: 'x' }, pins, contextOf(directory)), image);
    assert.is(server.requests.length, asked);
  }
});

test('a platform is chosen from an index, and another one refused', async ({
  directory,
  server,
}) => {
  const amd64 = putSampleImage(server);
  const arm64 = putSampleImage(server, { architecture: 'arm64', tag: 'only-arm' });
  for (const type of [TYPES.index, TYPES.dockerList]) {
    const manifests = [
      { ...amd64, platform: { os: 'linux', architecture: 'amd64' } },
      { ...arm64, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
      { ...amd64, platform: { os: 'unknown', architecture: 'unknown' } },
    ];
    server.putManifest(type, { schemaVersion: 2, mediaType: type, manifests }, 'many');
    const many = server.reference('many');
    assert.match((await pull(directory, sourceOf(many, 'linux/arm64'))).config, /arm64/);
    assert.match((await pull(directory, sourceOf(many))).config, /amd64/);
    const error = await errorOf(pull(directory, sourceOf(many, 'linux/s390x')));
    assert.instance(error, InputError);
    assert.match(String(error), /no image for linux\/s390x.*linux\/arm64\/v8/);
  }
  const wrong = await errorOf(pull(directory, sourceOf(server.reference('only-arm'))));
  assert.match(String(wrong), /the image is for linux\/arm64, not linux\/amd64/);
});

test('51 layers by zstd, plain, and the same twice are read', async ({ directory, server }) => {
  const zstd = await createCodec('zstd:level=3');
  const config = server.putBlob(TYPES.config, {
    rootfs: { type: 'layers', diff_ids: [0, 1, 1].map((index) => sha256(sampleTars[index]!)) },
  });
  const layers = [0, 1, 1].map((index) =>
    server.putBlob(`${TYPES.layer}+zstd`, zstd.compress(sampleTars[index]!)),
  );
  server.putManifest(TYPES.manifest, { schemaVersion: 2, config, layers }, 'zstd');
  const image = await pull(directory, sourceOf(server.reference('zstd')));
  assert.equal(paths(image), PATHS);
  assert.is(image.layers.length, 3);
  assert.is(server.requests.filter((line) => line.includes(layers[1]!.digest)).length, 1);
});

test('62 a tag that moves after it was pinned moves nothing; a pinned digest that is gone is named', async ({
  directory,
  server,
}) => {
  const first = putSampleImage(server, { tag: 'moving' });
  const source = sourceOf(server.reference('moving'));
  const pins = await provider.pin!(source, { id: 'x' }, contextOf(directory));
  const identity = await provider.identity(source, directory, pins);
  putSampleImage(server, { tag: 'moving', isDocker: true });
  const image = await provider.fetch(source, { id: 'x' }, pins, contextOf(directory));
  assert.match(image.layers[0]!.delivered!.mediaType, /oci/);
  assert.is(await provider.identity(source, directory, pins), identity);
  rmSync(join(directory, 'cache'), { recursive: true });
  server.handler = (_request, response) => {
    response.writeHead(404).end();
    return true;
  };
  const gone = await errorOf(provider.fetch(source, { id: 'x' }, pins, contextOf(directory)));
  assert.instance(gone, UnavailableError);
  assert.match(String(gone), new RegExp(`no longer has ${first.digest}`));
});

/** What a server may do to one request. */
const FAULTS: Readonly<
  Record<string, (request: IncomingMessage, response: ServerResponse) => void>
> = {
  '401': (_, response) => response.writeHead(401).end(),
  '403': (_, response) => response.writeHead(403).end(),
  '404': (_, response) => response.writeHead(404).end(),
  '416': (_, response) => response.writeHead(416).end(),
  '429 at once': (_, response) => response.writeHead(429, { 'retry-after': '0' }).end(),
  '429 in an age': (_, response) => response.writeHead(429, { 'retry-after': '1000000000' }).end(),
  '500': (_, response) => response.writeHead(500).end(),
  'no status': (request) => request.socket.destroy(),
  'hangs up': (_, response) => {
    response.writeHead(200, { 'content-type': TYPES.manifest, 'content-length': 100 });
    response.write('{"schema');
    setTimeout(() => response.destroy(), 5);
  },
  'holds on': (_, response) => {
    response.writeHead(200, { 'content-type': TYPES.manifest, 'content-length': 100 });
    response.write('{"schema', () => clock.advance(limits.stallMs));
  },
  'holds on without an answer': () => clock.advance(limits.stallMs),
  'other bytes': (_, response) => {
    response.writeHead(200, { 'content-type': TYPES.manifest });
    response.end('x'.repeat(400));
  },
  'too long': (_, response) => {
    response.writeHead(200, { 'content-type': TYPES.manifest });
    response.end('x'.repeat(5 << 20));
  },
  'too short': (_, response) =>
    response.writeHead(200, { 'content-type': TYPES.manifest }).end('{}'),
  empty: (_, response) => response.writeHead(200, { 'content-type': TYPES.manifest }).end(),
  'a page': (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>log in</html>');
  },
  'redirect loop': (request, response) => {
    response.writeHead(307, { location: request.url }).end();
  },
  'redirect to nowhere': (_, response) => response.writeHead(302).end(),
  'redirect to a file': (_, response) => {
    response.writeHead(302, { location: 'file:///etc/passwd' }).end();
  },
  'redirect to plain http': (_, response) => {
    response.writeHead(302, { location: 'http://example.invalid/blob' }).end();
  },
  'header without end': (_, response) => {
    response.writeHead(200, { 'x-long': 'x'.repeat(1 << 20) }).end();
  },
};

for (const [name, fault] of Object.entries(FAULTS)) {
  for (const scope of ['once', 'for ever'] as const) {
    test(`56–63 each request in turn: ${name}, ${scope}: a typed error or the image`, async ({
      directory,
      server,
    }) => {
      const image = putSampleImage(server);
      const manifests = [{ ...image, platform: { os: 'linux', architecture: 'amd64' } }];
      server.putManifest(TYPES.index, { schemaVersion: 2, manifests }, 'many');
      const source = sourceOf(server.reference('many'));
      await pull(directory, source);
      const kinds = [...new Set(server.requests)];
      assert.is(kinds.length, 5, 'index, manifest, configuration, two layers');
      for (const line of kinds) {
        rmSync(join(directory, 'cache'), { recursive: true, force: true });
        let isSpent = false;
        server.handler = (request, response) => {
          if (isSpent || `${request.method} ${request.url}` !== line) return false;
          isSpent = scope === 'once';
          fault(request, response);
          return true;
        };
        let pulled: ImageDescriptor | undefined;
        try {
          pulled = await pull(directory, source);
        } catch (error) {
          assert.instance(error, BenchError, `${line}: ${String(error)}`);
          assert.match(String(error), /127\.0\.0\.1/, 'the error says who failed');
        }
        if (pulled) assert.equal(paths(pulled), PATHS);
        assert.is(pulled !== undefined && scope === 'for ever', false, `${line} was not noticed`);
      }
      server.handler = () => false;
      assert.equal(paths(await pull(directory, source)), PATHS, 'nothing wrong was kept');
    });
  }
}

test('59 what fails once for a moment is asked for again', async ({ directory, server }) => {
  putSampleImage(server, { tag: 'one' });
  const seen = new Set<string>();
  server.handler = ({ url = '' }, response) => {
    if (seen.has(url)) return false;
    seen.add(url);
    response.writeHead(seen.size % 2 === 0 ? 503 : 429, { 'retry-after': '0' }).end();
    return true;
  };
  assert.equal(paths(await pull(directory, sourceOf(server.reference('one')))), PATHS);
});

test('48, 49 digests and sizes of descriptors that are none are refused', async ({
  directory,
  server,
}) => {
  const config = server.putBlob(TYPES.config, { rootfs: { diff_ids: [] } });
  for (const wrong of [
    { digest: 'sha256:../../x' },
    { digest: `sha256:${'A'.repeat(64)}` },
    { digest: 'sha512:00' },
    { size: -1 },
    { size: 1.5 },
    { size: '5' },
    { size: 2 ** 60 },
  ]) {
    const layers = [{ ...config, ...wrong }];
    server.putManifest(TYPES.manifest, { schemaVersion: 2, config, layers }, 'bad');
    const error = await errorOf(pull(directory, sourceOf(server.reference('bad'))));
    assert.instance(error, BenchError, String(error));
  }
});

test('52 a foreign layer is asked of the registry alone, whatever other addresses it names', async ({
  directory,
  server,
}) => {
  const config = server.putBlob(TYPES.config, { rootfs: { diff_ids: [sha256(sampleTars[0]!)] } });
  const elsewhere = new ScriptedRegistry();
  await elsewhere.start();
  try {
    const foreign = {
      mediaType: `application/vnd.docker.image.rootfs.foreign.diff.tar.gzip`,
      digest: sha256(gzipSync(sampleTars[0]!)),
      size: gzipSync(sampleTars[0]!).length,
      urls: [`http://${elsewhere.host}/layer`],
    };
    server.putManifest(TYPES.manifest, { schemaVersion: 2, config, layers: [foreign] }, 'foreign');
    const error = await errorOf(pull(directory, sourceOf(server.reference('foreign'))));
    assert.instance(error, UnavailableError);
    assert.match(String(error), foreign.digest);
    assert.equal(elsewhere.requests, []);
  } finally {
    await elsewhere.stop();
  }
});

test('54 schema 1 and artefacts are refused as what they are', async ({ directory, server }) => {
  server.putManifest('application/vnd.docker.distribution.manifest.v1+prettyjws', {}, 'old');
  const error = await errorOf(pull(directory, sourceOf(server.reference('old'))));
  assert.instance(error, InputError);
  assert.match(String(error), /unsupported media type .*v1\+prettyjws/);
});

test('45 a layer that is not what the configuration promises is refused', async ({
  directory,
  server,
}) => {
  const config = server.putBlob(TYPES.config, { rootfs: { diff_ids: [sha256(sampleTars[1]!)] } });
  const layers = [server.putBlob(`${TYPES.layer}+gzip`, gzipSync(sampleTars[0]!))];
  server.putManifest(TYPES.manifest, { schemaVersion: 2, config, layers }, 'liar');
  const error = await errorOf(pull(directory, sourceOf(server.reference('liar'))));
  assert.instance(error, VerificationError);
});

test('58 blobs that another host serves come without the credentials of the registry', async ({
  directory,
  server,
}) => {
  putSampleImage(server, { tag: 'one' });
  login(directory, server.host, { auth: Buffer.from('ann:secret').toString('base64') });
  const store = await new ScriptedRegistry().start();
  try {
    putSampleImage(store);
    server.handler = (request, response) => {
      if (!request.headers.authorization) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="here"' }).end();
        return true;
      }
      if (!request.url?.includes('/blobs/')) return false;
      response.writeHead(307, { location: `http://${store.host}${request.url}` }).end();
      return true;
    };
    assert.equal(paths(await pull(directory, sourceOf(server.reference('one')))), PATHS);
    assert.is(
      server.authorizations.at(-1),
      `Basic ${Buffer.from('ann:secret').toString('base64')}`,
    );
    assert.is(store.requests.length, 3);
    assert.equal(store.authorizations, ['', '', '']);
  } finally {
    await store.stop();
  }
});

function login(directory: string, host: string, auth: object, more: object = {}): void {
  const docker = join(directory, 'docker');
  mkdirSync(docker, { recursive: true });
  writeFileSync(join(docker, 'config.json'), JSON.stringify({ auths: { [host]: auth }, ...more }));
}

/** The registry wants a token; its own `/token` gives one to whoever `admits` says. */
function wantToken(
  server: ScriptedRegistry,
  admits: (request: IncomingMessage, body: string) => boolean,
): { valid: string; readonly given: string[] } {
  const state = { valid: 'token-0', given: [] as string[] };
  server.handler = (request, response) => {
    if (request.url?.startsWith('/token')) {
      let body = '';
      request.on('data', (bytes) => {
        body += String(bytes);
      });
      request.on('end', () => {
        if (!admits(request, body)) {
          response.writeHead(401).end();
          return;
        }
        state.valid = `token-${state.given.push(request.url!)}`;
        response.end(JSON.stringify({ token: state.valid, expires_in: 60 }));
      });
      return true;
    }
    if (request.headers.authorization === `Bearer ${state.valid}`) return false;
    const realm = `http://${server.host}/token`;
    const challenge = `Bearer realm="${realm}",service="me",scope="repository:${server.repository}:pull"`;
    response.writeHead(401, { 'www-authenticate': challenge }).end();
    return true;
  };
  return state;
}

test('a guest gets a token, once, and another one when it ends in mid-pull', async ({
  directory,
  server,
}) => {
  putSampleImage(server, { tag: 'one' });
  const source = sourceOf(server.reference('one'));
  const token = wantToken(server, (request) => request.headers.authorization === undefined);
  const context = contextOf(directory);
  const pins = await provider.pin!(source, { id: 'x' }, context);
  assert.equal(token.given, [
    `/token?service=me&scope=${encodeURIComponent(`repository:${server.repository}:pull`)}`,
  ]);
  const inner = server.handler;
  let blobs = 0;
  server.handler = (request, response, index) => {
    if (request.url?.includes('/blobs/') && ++blobs === 3) token.valid = 'ended';
    return inner(request, response, index);
  };
  assert.equal(paths(await provider.fetch(source, { id: 'x' }, pins, context)), PATHS);
  assert.is(token.given.length, 3, 'one to pin, one to fetch, one after the end of that');
});

test('names and passwords, identity tokens and helpers get tokens', async ({
  directory,
  server,
}) => {
  putSampleImage(server, { tag: 'one' });
  const source = sourceOf(server.reference('one'));
  const encoded = Buffer.from('ann:se:cret').toString('base64');
  const isAnn = (request: IncomingMessage): boolean =>
    request.headers.authorization === `Basic ${encoded}`;
  const isHolder = (request: IncomingMessage, body: string): boolean =>
    request.method === 'POST' &&
    new URLSearchParams(body).get('refresh_token') === 'identity' &&
    new URLSearchParams(body).get('grant_type') === 'refresh_token';
  const helper = (name: string, script: string): object => {
    const path = join(directory, 'docker', `docker-credential-${name}`);
    mkdirSync(join(directory, 'docker'), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return { credHelpers: { [server.host]: name } };
  };
  process.env['PATH'] = `${join(directory, 'docker')}${delimiter}${process.env['PATH']}`;
  const answering = (user: string, secret: string): string =>
    `read host; test "$1 $host" = "get ${server.host}" && echo '{"Username":"${user}","Secret":"${secret}"}'`;
  const cases = [
    [isAnn, { auth: encoded }, {}],
    [isAnn, { username: 'ann', password: 'se:cret' }, {}],
    [isHolder, { identitytoken: 'identity' }, {}],
    [isAnn, {}, helper('ann', answering('ann', 'se:cret'))],
    [isHolder, {}, helper('holder', answering('<token>', 'identity'))],
    [
      isAnn,
      { auth: encoded },
      helper('empty', 'echo credentials not found in native keychain; exit 1'),
    ],
  ] as const;
  for (const [admits, auth, more] of cases) {
    rmSync(join(directory, 'cache'), { recursive: true, force: true });
    login(directory, server.host, auth, more);
    wantToken(server, admits);
    assert.equal(paths(await pull(directory, source)), PATHS, JSON.stringify([auth, more]));
  }
  for (const [more, says] of [
    [helper('broken', 'exit 3'), /docker-credential-broken failed \(exit code 3\)/],
    [{ credsStore: 'missing' }, /docker-credential-missing cannot be run/],
    [{ credsStore: '../evil' }, /is no name of a program/],
    [{ auths: { [server.host]: { auth: '!' } } }, /not base64 of USER:PASSWORD/],
    [{ auths: 7 }, /auths/],
  ] as const) {
    login(directory, server.host, {}, more);
    wantToken(server, isAnn);
    const error = await errorOf(pull(directory, source));
    assert.instance(error, BenchError, String(error));
    assert.match(String(error), says);
  }
});

test('59 a token server that refuses, a challenge without end, and one that nobody can answer end', async ({
  directory,
  server,
}) => {
  putSampleImage(server, { tag: 'one' });
  const source = sourceOf(server.reference('one'));
  wantToken(server, () => false);
  const refused = await errorOf(pull(directory, source));
  assert.instance(refused, UnavailableError);
  assert.match(String(refused), /refused \(HTTP 401\).*docker login/);
  const token = wantToken(server, () => true);
  const inner = server.handler;
  server.handler = (request, response, index) => {
    token.valid = 'never';
    return inner(request, response, index);
  };
  const loop = await errorOf(pull(directory, source));
  assert.instance(loop, UnavailableError);
  assert.match(String(loop), /refused \(HTTP 401\)/);
  assert.is(token.given.length, 1);
  for (const [header, says] of [
    ['Basic realm="x"', /wants a login/],
    ['Negotiate', /offers no way in/],
    ['Bearer realm="nonsense"', /gives tokens at 'nonsense'/],
    ['Bearer realm="http://example.invalid/"', /leads to http:\/\/example\.invalid/],
    ['Bearer realm="file:///etc/passwd"', /leads to file:/],
  ] as const) {
    server.handler = (_request, response) => {
      response.writeHead(401, { 'www-authenticate': header }).end();
      return true;
    };
    const error = await errorOf(pull(directory, source));
    assert.instance(error, UnavailableError, String(error));
    assert.match(String(error), says);
  }
});

test('an ended run stops what is on its way', async ({ directory, server }) => {
  putSampleImage(server, { tag: 'one' });
  const source = sourceOf(server.reference('one'));
  const controller = new AbortController();
  server.handler = (request) => {
    if (!request.url?.includes('/blobs/')) return false;
    controller.abort(new Error('the user has had enough'));
    return true;
  };
  const context = { ...contextOf(directory), signal: controller.signal };
  const pins = await provider.pin!(source, { id: 'x' }, context);
  const error = await errorOf(provider.fetch(source, { id: 'x' }, pins, context));
  assert.match(String(error), /the user has had enough/);
});

test('no more than six blobs are on their way at once', async ({ directory, server }) => {
  const layers: Served[] = [];
  for (let index = 0; index < 20; index++) {
    layers.push(server.putBlob(TYPES.layer, new Uint8Array(1024 + 512 * index)));
  }
  const diff_ids = layers.map(({ digest }) => digest);
  const config = server.putBlob(TYPES.config, { rootfs: { diff_ids } });
  server.putManifest(TYPES.manifest, { schemaVersion: 2, config, layers }, 'wide');
  let open = 0;
  let most = 0;
  server.handler = (_request, response) => {
    most = Math.max(most, ++open);
    response.on('close', () => open--);
    return false;
  };
  const image = await pull(directory, sourceOf(server.reference('wide')));
  assert.is(image.layers.length, 20);
  assert.ok(most <= 6, `${most} at once`);
});

test.run();
