import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { InputError, UnavailableError } from '../errors.ts';
import { openImage } from '../images/open.ts';
import { limits } from '../limits.ts';
import { refused } from '../testing/archives.ts';
import { pull, pullSuite, sourceOf } from '../testing/pulls.ts';
import { putSampleImage, sampleTars, sha256, TYPES } from '../testing/registry.ts';

/** What a registry declares, and how its bytes come. */
const test = pullSuite('bytes of a registry');

test('every request asks for identity; an answer in another encoding is named, whichever it is', async ({
  directory,
  server,
}) => {
  putSampleImage(server, { tag: 'one' });
  const asked: unknown[] = [];
  server.handler = (request) => {
    asked.push(request.headers['accept-encoding']);
    return false;
  };
  await pull(directory, sourceOf(server.reference('one')));
  assert.equal(asked, Array(server.requests.length).fill('identity'));
  const count = server.requests.length;
  assert.is(count, 4, 'a manifest, a configuration, two layers');
  for (let at = 0; at < count; at++) {
    rmSync(join(directory, 'cache'), { recursive: true, force: true });
    const begin = server.requests.length;
    server.handler = (_request, response, index) => {
      if (index !== begin + at) return false;
      const bytes = gzipSync('encoded although nobody asked for it');
      const type = TYPES.manifest;
      response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' });
      response.end(bytes);
      return true;
    };
    const error = await refused(
      pull(directory, sourceOf(server.reference('one'))),
      /sent content encoding 'gzip', and was asked for identity/,
    );
    assert.instance(error, UnavailableError);
  }
});

test('a declared size beyond the bound is refused before the blob is asked for', async ({
  directory,
  server,
}) => {
  const config = server.putBlob(TYPES.config, {
    rootfs: { diff_ids: [sha256(sampleTars[0]!)] },
  });
  const layer = server.putBlob(TYPES.layer, sampleTars[0]);
  const size = limits.blobBytes + 1;
  const layers = [{ ...layer, size }];
  server.putManifest(TYPES.manifest, { schemaVersion: 2, config, layers }, 'layer');
  const huge = { ...config, size: limits.manifestBytes + 1 };
  server.putManifest(TYPES.manifest, { config: huge, layers: [layer] }, 'config');
  const listed = {
    ...server.putManifest(TYPES.manifest, { config, layers: [layer] }),
    size: limits.manifestBytes + 1,
    platform: { os: 'linux', architecture: 'amd64' },
  };
  server.putManifest(TYPES.index, { schemaVersion: 2, manifests: [listed] }, 'index');
  for (const [tag, says] of [
    ['layer', new RegExp(`a blob of ${size} bytes.*${layer.digest}`)],
    ['config', /a manifest of 4194305 bytes/],
    ['index', /a manifest of 4194305 bytes/],
  ] as const) {
    assert.instance(
      await refused(pull(directory, sourceOf(server.reference(tag))), says),
      InputError,
    );
  }
  assert.equal(
    server.requests.filter((line) => line.includes('/blobs/')),
    [],
  );
});

test('20,000 platforms are not listed in one message; an index may leave platforms out', async ({
  directory,
  server,
}) => {
  const image = putSampleImage(server);
  const many = Array.from({ length: 20_000 }, (_, at) => ({
    ...image,
    platform: { os: 'linux', architecture: `a${at}` },
  }));
  server.putManifest(TYPES.index, { manifests: many }, 'many');
  const error = await refused(
    pull(directory, sourceOf(server.reference('many'))),
    /and 19980 more/,
  );
  assert.ok(String(error).length < 1000);
  const arm64 = putSampleImage(server, { architecture: 'arm64' });
  server.putManifest(TYPES.index, { manifests: [arm64, image] }, 'silent');
  assert.match((await pull(directory, sourceOf(server.reference('silent')))).config, /amd64/);
  const arm = await pull(directory, sourceOf(server.reference('silent'), 'linux/arm64'));
  assert.match(arm.config, /arm64/);
});

test('a layer is what its bytes are; its media type is a warning', async ({
  directory,
  server,
}) => {
  const config = server.putBlob(TYPES.config, {
    rootfs: { diff_ids: sampleTars.map(sha256) },
  });
  const layers = [
    server.putBlob(`${TYPES.layer}+gzip`, sampleTars[0]),
    server.putBlob(`${TYPES.layer}+zstd`, gzipSync(sampleTars[1]!)),
  ];
  server.putManifest(TYPES.manifest, { schemaVersion: 2, config, layers }, 'wrong');
  const image = await pull(directory, sourceOf(server.reference('wrong')));
  assert.equal(
    openImage(image).tree.entries.map(({ path }) => path),
    ['', 'etc', 'etc/b', 'etc/c'],
  );
  assert.equal(image.warnings, [
    `layer ${layers[0]!.digest}: the media type says gzip, the bytes are not compressed`,
    `layer ${layers[1]!.digest}: the media type says zstd, the bytes are gzip`,
  ]);
});

test.run();
