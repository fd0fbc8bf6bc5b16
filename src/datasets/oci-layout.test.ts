import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { createCodec } from '../codecs/mod.ts';
import { BenchError, InputError, VerificationError } from '../errors.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { errorOf, refused } from '../testing/archives.ts';
import { directorySuite } from '../testing/directory.ts';
import {
  type Blob,
  blobPath,
  named,
  putBlob as put,
  putIndex,
  putListed,
} from '../testing/layouts.ts';
import { offlineContext } from '../testing/offline.ts';
import { pathsIn, SAMPLE_PATHS, sampleTars, sha256, TYPES } from '../testing/registry.ts';
import { has, shell } from '../testing/shell.ts';
import { type OciLayoutSource, ociLayout } from './oci-layout.ts';

const test = directorySuite<{ directory: string; layout: string }>('oci-layout');

test.before.each((context) => {
  context.layout = join(context.directory, 'layout');
  mkdirSync(join(context.layout, 'blobs', 'sha256'), { recursive: true });
});

const { manifest: MANIFEST, index: INDEX, layer: LAYER } = TYPES;

/** An image of both layers, one plain and one by gzip. */
function putImage(layout: string, diffIds: readonly string[] = sampleTars.map(sha256)): Blob {
  const layers = [
    put(layout, LAYER, sampleTars[0]),
    put(layout, `${LAYER}+gzip`, gzipSync(sampleTars[1]!)),
  ];
  const config = put(layout, TYPES.config, {
    os: 'linux',
    architecture: 'amd64',
    rootfs: { type: 'layers', diff_ids: diffIds },
  });
  return put(layout, MANIFEST, { schemaVersion: 2, config, layers });
}

function read(directory: string, more: Partial<OciLayoutSource> = {}): Promise<ImageDescriptor> {
  const source = { type: 'oci-layout', path: 'layout', platform: 'linux/amd64', ...more } as const;
  return ociLayout.fetch(source, { id: 'x' }, undefined, offlineContext(directory));
}

test('layers are unpacked, verified, merged, and kept as they were delivered', async ({
  directory,
  layout,
}) => {
  putIndex(layout, [putImage(layout)]);
  const image = await read(directory);
  assert.equal(
    image.layers.map(({ diffId }) => diffId),
    sampleTars.map(sha256),
  );
  assert.equal(pathsIn(image), SAMPLE_PATHS);
  const { delivered } = image.layers[1]!;
  assert.is(sha256(readFileSync(delivered!.path)), delivered!.digest);
  assert.is(delivered!.size, gzipSync(sampleTars[1]!).length);
  assert.equal(await read(directory), image);
});

test('an image is chosen by reference and by platform, through nested indexes', async ({
  directory,
  layout,
}) => {
  const image = putImage(layout);
  const other = put(layout, MANIFEST, { schemaVersion: 2, config: image, layers: [] });
  const inner = put(layout, INDEX, {
    manifests: [
      { ...other, platform: { os: 'linux', architecture: 'arm64' } },
      { ...image, platform: { os: 'linux', architecture: 'amd64' } },
    ],
  });
  putIndex(layout, [
    { ...inner, ...named('many') },
    { ...image, ...named('one') },
  ]);
  const one = await read(directory, { reference: 'one' });
  assert.equal(await read(directory, { reference: 'many' }), one);
  await refused(
    read(directory, { reference: 'many', platform: 'linux/s390x' }),
    /InputError.*no image for linux\/s390x.*linux\/arm64, linux\/amd64/,
  );
  // Both names lead to one image for this platform.
  assert.equal(await read(directory), one);
  putIndex(layout, [
    { ...inner, ...named('many') },
    { ...putListed(layout, {}), ...named('one') },
  ]);
  await refused(
    read(directory),
    /2 images, and nothing says which.*PATH#NAME.*many, one \(linux\/amd64\)/,
  );
  await refused(read(directory, { reference: 'x' }), /no image is called 'x'.*many, one/);
});

test('a changed or missing blob is named, whichever it is, also when it was read before', async ({
  directory,
  layout,
}) => {
  putIndex(layout, [putImage(layout)]);
  await read(directory);
  const blobs = readdirSync(join(layout, 'blobs', 'sha256'));
  assert.is(blobs.length, 4);
  for (const name of blobs) {
    const path = join(layout, 'blobs', 'sha256', name);
    const bytes = readFileSync(path);
    const changed = Uint8Array.from(bytes);
    changed[changed.length >> 1]! ^= 1;
    for (const wrong of [changed, bytes.subarray(0, -1), Buffer.concat([bytes, bytes])]) {
      writeFileSync(path, wrong);
      for (const cache of ['cache', 'other']) {
        if (cache === 'other') rmSync(join(directory, 'cache'), { recursive: true, force: true });
        const error = await errorOf(read(directory));
        assert.ok(error instanceof VerificationError || error instanceof InputError, String(error));
        assert.match(String(error), name);
      }
      writeFileSync(path, bytes);
      await read(directory);
    }
    rmSync(path);
    const error = await refused(read(directory), /is listed, and not there/);
    assert.match(String(error), name);
    writeFileSync(path, bytes);
  }
});

test('45, 51 a layer that is not what the configuration promises is refused', async ({
  directory,
  layout,
}) => {
  const wrong = `sha256:${'0'.repeat(64)}`;
  putIndex(layout, [putImage(layout, [sha256(sampleTars[0]!), wrong])]);
  assert.instance(await errorOf(read(directory)), VerificationError);
  putIndex(layout, [putImage(layout, [sha256(sampleTars[0]!)])]);
  await refused(read(directory), /2 layers but 1 diff ids/);
});

test('49, 50 digests never lead out of the layout, indexes never in circles', async ({
  directory,
  layout,
}) => {
  const image = putImage(layout);
  putIndex(layout, [{ ...image, digest: 'sha256:../../../etc/passwd' }]);
  assert.instance(await errorOf(read(directory)), InputError);
  let nested: object = { ...image, platform: { os: 'linux', architecture: 'amd64' } };
  for (let depth = 0; depth < 12; depth++) {
    const index = put(layout, INDEX, { manifests: [nested] });
    nested = { ...index, platform: { os: 'linux', architecture: 'amd64' } };
  }
  putIndex(layout, [nested]);
  await refused(read(directory), /nest too deep/);
  writeFileSync(join(layout, 'index.json'), '{');
  assert.ok((await errorOf(read(directory))) instanceof BenchError);
});

test('a variant of a platform is that variant, and no other', async ({ directory, layout }) => {
  const arm = (variant: string, image: Blob): object => ({
    ...image,
    platform: { os: 'linux', architecture: 'arm', variant },
  });
  const v5 = put(layout, MANIFEST, { schemaVersion: 2, config: putImage(layout), layers: [] });
  const index = put(layout, INDEX, { manifests: [arm('v5', v5), arm('v7', putImage(layout))] });
  putIndex(layout, [index]);
  assert.equal(pathsIn(await read(directory, { platform: 'linux/arm/v7' })), SAMPLE_PATHS);
  assert.equal((await read(directory, { platform: 'linux/arm/v7' })).warnings, [
    'listed as linux/arm/v7, its configuration says linux/amd64',
  ]);
  const missing = await errorOf(read(directory, { platform: 'linux/arm/v6' }));
  assert.match(String(missing), /no image for linux\/arm\/v6.*linux\/arm\/v5, linux\/arm\/v7/);
});

test('46, 47, 54 documents that are two things, another thing, or no text are refused', async ({
  directory,
  layout,
}) => {
  const image = putImage(layout);
  const manifest = JSON.parse(
    readFileSync(join(layout, 'blobs', 'sha256', image.digest.slice(7)), 'utf8'),
  ) as object;
  const refuses = async (descriptor: object, says: RegExp): Promise<void> => {
    putIndex(layout, [descriptor]);
    assert.instance(await refused(read(directory), says), InputError);
  };
  await refuses(put(layout, MANIFEST, { ...manifest, manifests: [] }), /both an index and/);
  await refuses(put(layout, INDEX, { manifests: [image], layers: [] }), /both an index and/);
  await refuses(put(layout, MANIFEST, { ...manifest, mediaType: INDEX }), /says it is/);
  await refuses({ ...image, mediaType: 'application/x' }, /unsupported media type application\/x/);
  await refuses(put(layout, MANIFEST, Uint8Array.of(0x7b, 0xff, 0x7d)), /not UTF-8/);
  const marked = Buffer.from(`\ufeff${JSON.stringify(manifest)}`);
  await refuses(put(layout, MANIFEST, marked), /not JSON/);
  writeFileSync(join(layout, 'index.json'), ' '.repeat((4 << 20) + 1));
  await refused(read(directory), /a manifest of 4194305 bytes/);
});

/** A layout of one image whose one layer has these bytes. */
function putLayer(layout: string, mediaType: string, bytes: Uint8Array, tar: Uint8Array): Blob {
  const config = put(layout, TYPES.config, {
    rootfs: { type: 'layers', diff_ids: [sha256(tar)] },
  });
  const layer = put(layout, mediaType, bytes);
  putIndex(layout, [put(layout, MANIFEST, { schemaVersion: 2, config, layers: [layer] })]);
  return layer;
}

test('44 a layer is read as what its bytes are; a media type that says another thing is a warning', async ({
  directory,
  layout,
}) => {
  const plain = sampleTars[0]!;
  const zstd = (await createCodec('zstd:level=3')).compress(plain);
  for (const [mediaType, bytes, says] of [
    [`${LAYER}+zstd`, gzipSync(plain), 'the media type says zstd, the bytes are gzip'],
    [`${LAYER}+gzip`, plain, 'the media type says gzip, the bytes are not compressed'],
    [`${LAYER}+gzip`, zstd, 'the media type says gzip, the bytes are zstd'],
    [LAYER, gzipSync(plain), 'the media type says none, the bytes are gzip'],
    [LAYER, zstd, 'the media type says none, the bytes are zstd'],
    [`${LAYER}+brotli`, zstd, `the media type says ${LAYER}+brotli, the bytes are zstd`],
    ['application/octet-stream', plain, 'application/octet-stream, the bytes are not compressed'],
    [`${TYPES.dockerLayer}.gzip`, plain, 'the media type says gzip, the bytes are not compressed'],
  ] as const) {
    const layer = putLayer(layout, mediaType, bytes, plain);
    // Once unpacked, and once from what was unpacked before.
    for (const _ of [1, 2]) {
      const image = await read(directory);
      assert.equal(pathsIn(image), ['', 'etc', 'etc/a', 'etc/b']);
      assert.is(image.warnings?.length, 1);
      assert.match(image.warnings![0]!, says);
      assert.match(image.warnings![0]!, layer.digest);
    }
    rmSync(join(directory, 'cache'), { recursive: true });
  }
  putLayer(layout, `${LAYER}+gzip`, gzipSync(plain), plain);
  assert.is((await read(directory)).warnings, undefined);
});

test('44 a layer that cannot be read is named, with what would help', async ({
  directory,
  layout,
}) => {
  const plain = sampleTars[0]!;
  const gzip = gzipSync(plain);
  const followed = Buffer.concat([gzip, Buffer.from('garbage after the end')]);
  const padded = Buffer.concat([gzip, new Uint8Array(512), Buffer.from('x')]);
  const cut = gzip.subarray(0, -9);
  for (const [suffix, bytes, says] of [
    ['+zstd', Buffer.from('BZh91AY&SY'), /compressed by bzip2.*media type is .*zstd/],
    ['', Buffer.from([0x1f, 0x9d, 0x90]), /compressed by compress/],
    ['+gzip', Buffer.from([0x04, 0x22, 0x4d, 0x18, 0]), /compressed by lz4/],
    ['+gzip', gzipSync(gzip), /instead of sha256:/],
    ['+encrypted', Buffer.from('nothing that is known'), /instead of sha256:.*encrypted/],
    ['+gzip', followed, /bytes that are no gzip follow the gzip data/],
    ['+gzip', padded, /513 bytes follow the gzip data/],
    ['+gzip', cut, /damaged gzip data/],
  ] as const) {
    const layer = putLayer(layout, LAYER + suffix, bytes, plain);
    const error = await refused(read(directory), says);
    assert.match(String(error), layer.digest);
    assert.match(error.remedy, 'the digest is right');
    assert.not.match(error.remedy, 'fetch it again');
  }
  // Where the digest is wrong, that is what is told.
  const layer = putLayer(layout, `${LAYER}+gzip`, gzip, plain);
  const damaged = gzip.slice();
  damaged[damaged.length >> 1]! ^= 0xff;
  writeFileSync(blobPath(layout, layer.digest), damaged);
  await refused(read(directory), /got sha256:.* instead of sha256:/);
});

test('an image of umoci, and its copy by skopeo, are one image', async ({ directory, layout }) => {
  if (!has('umoci', 'skopeo', 'tar')) return;
  const root = join(directory, 'root');
  mkdirSync(join(root, 'etc'), { recursive: true });
  writeFileSync(join(root, 'etc', 'name'), 'content');
  rmSync(layout, { recursive: true });
  const script = `
    tar -C root -cf root.tar . &&
    umoci init --layout layout && umoci new --image layout:x &&
    umoci config --image layout:x --os linux --architecture amd64 &&
    umoci raw add-layer --image layout:x root.tar &&
    skopeo copy --dest-compress --dest-compress-format zstd oci:layout:x oci:zstd:x &&
    cp -r layout again`;
  shell(script, directory);
  const image = await read(directory, { reference: 'x' });
  assert.equal(pathsIn(image), ['', 'etc', 'etc/name']);
  assert.is(image.layers[0]!.diffId, sha256(readFileSync(join(directory, 'root.tar'))));
  const copy = await read(directory, { path: 'zstd', reference: 'x' });
  assert.is(copy.digest, image.digest);
  const again = await read(directory, { path: 'again', reference: 'x' });
  assert.is(again.digest, image.digest);
});

test.run();
