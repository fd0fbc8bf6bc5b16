import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { createCodec } from '../codecs/mod.ts';
import { BenchError, InputError, UnavailableError, VerificationError } from '../errors.ts';
import { errorOf } from '../testing/archives.ts';
import { contextOf, pull, pullSuite, sourceOf } from '../testing/pulls.ts';
import {
  pathsIn,
  putSampleImage,
  SAMPLE_PATHS,
  ScriptedRegistry,
  type Served,
  sampleTars,
  sha256,
  TYPES,
} from '../testing/registry.ts';
import { registry as provider } from './registry.ts';

const test = pullSuite('registry');

test('OCI and Docker images are pulled by tag and by digest; what is there is not asked for', async ({
  directory,
  server,
}) => {
  const images = [false, true].map((isDocker) => putSampleImage(server, { tag: 'one', isDocker }));
  for (const name of ['one', ...images.map(({ digest }) => digest)]) {
    rmSync(join(directory, 'cache'), { recursive: true, force: true });
    const image = await pull(directory, sourceOf(server.reference(name)));
    assert.equal(pathsIn(image), SAMPLE_PATHS);
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
  assert.equal(pathsIn(image), SAMPLE_PATHS);
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
