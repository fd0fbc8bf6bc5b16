import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BenchError, InputError, StorageError, VerificationError } from '../errors.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { openImage } from '../images/open.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import { refused } from '../testing/archives.ts';
import { offlineContext } from '../testing/offline.ts';
import { sketchTree } from '../testing/trees.ts';
import { type OciLayoutSource, ociLayout } from './oci-layout.ts';

const test = suite<{ directory: string; layout: string }>('oci-layout');

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-layout-'));
  context.layout = join(context.directory, 'layout');
  mkdirSync(join(context.layout, 'blobs', 'sha256'), { recursive: true });
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar';

const sha256 = (bytes: Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Writes a blob into the layout; what is no bytes is written as JSON. */
function put(layout: string, mediaType: string, content: unknown): Blob {
  const bytes =
    content instanceof Uint8Array ? content : new TextEncoder().encode(JSON.stringify(content));
  const digest = sha256(bytes);
  writeFileSync(join(layout, 'blobs', 'sha256', digest.slice(7)), bytes);
  return { mediaType, digest, size: bytes.length };
}

/** What each layer's tar holds: the second deletes one file of the first and adds another. */
const tars = [
  sketchTree({
    etc: { type: 'directory' },
    'etc/a': { content: 'one' },
    'etc/b': { content: 'two' },
  }),
  sketchTree({ etc: { type: 'directory' }, 'etc/.wh.a': {}, 'etc/c': { content: 'three' } }),
].map((tree) => readAll(treeToTar(tree)));

/** An image of both layers, one plain and one by gzip. */
function putImage(layout: string, diffIds: readonly string[] = tars.map(sha256)): Blob {
  const layers = [put(layout, LAYER, tars[0]), put(layout, `${LAYER}+gzip`, gzipSync(tars[1]!))];
  const config = put(layout, 'application/vnd.oci.image.config.v1+json', {
    os: 'linux',
    architecture: 'amd64',
    rootfs: { type: 'layers', diff_ids: diffIds },
  });
  return put(layout, MANIFEST, { schemaVersion: 2, config, layers });
}

function putIndex(layout: string, manifests: readonly object[]): void {
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
}

function read(directory: string, more: Partial<OciLayoutSource> = {}): Promise<ImageDescriptor> {
  const source = { type: 'oci-layout', path: 'layout', platform: 'linux/amd64', ...more } as const;
  return ociLayout.fetch(source, { id: 'x' }, undefined, offlineContext(directory));
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const named = (reference: string): object => ({
  annotations: { 'org.opencontainers.image.ref.name': reference },
});
const paths = (image: ImageDescriptor): readonly string[] =>
  openImage(image).tree.entries.map(({ path }) => path);

test('layers are unpacked, verified, merged, and kept as they were delivered', async ({
  directory,
  layout,
}) => {
  putIndex(layout, [putImage(layout)]);
  const image = await read(directory);
  assert.equal(
    image.layers.map(({ diffId }) => diffId),
    tars.map(sha256),
  );
  assert.equal(paths(image), ['', 'etc', 'etc/b', 'etc/c']);
  const { delivered } = image.layers[1]!;
  assert.is(sha256(readFileSync(delivered!.path)), delivered!.digest);
  assert.is(delivered!.size, gzipSync(tars[1]!).length);
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
  const missing = await errorOf(read(directory, { reference: 'many', platform: 'linux/s390x' }));
  assert.instance(missing, InputError);
  assert.match(String(missing), /no image for linux\/s390x.*linux\/arm64, linux\/amd64/);
  assert.match(String(await errorOf(read(directory))), /2 images match.*many, one/);
  assert.match(String(await errorOf(read(directory, { reference: 'x' }))), /0 images match 'x'/);
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
    assert.instance(await errorOf(read(directory)), StorageError);
    writeFileSync(path, bytes);
  }
});

test('45, 51 a layer that is not what the configuration promises is refused', async ({
  directory,
  layout,
}) => {
  const wrong = `sha256:${'0'.repeat(64)}`;
  putIndex(layout, [putImage(layout, [sha256(tars[0]!), wrong])]);
  assert.instance(await errorOf(read(directory)), VerificationError);
  putIndex(layout, [putImage(layout, [sha256(tars[0]!)])]);
  assert.match(String(await errorOf(read(directory))), /2 layers but 1 diff ids/);
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
  assert.match(String(await errorOf(read(directory))), /nest too deep/);
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
  assert.equal(paths(await read(directory, { platform: 'linux/arm/v7' })), [
    '',
    'etc',
    'etc/b',
    'etc/c',
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
    const error = await errorOf(read(directory));
    assert.instance(error, InputError, String(error));
    assert.match(String(error), says);
  };
  await refuses(put(layout, MANIFEST, { ...manifest, manifests: [] }), /both an index and/);
  await refuses(put(layout, INDEX, { manifests: [image], layers: [] }), /both an index and/);
  await refuses(put(layout, MANIFEST, { ...manifest, mediaType: INDEX }), /says it is/);
  await refuses({ ...image, mediaType: 'application/x' }, /unsupported media type application\/x/);
  await refuses(put(layout, MANIFEST, Uint8Array.of(0x7b, 0xff, 0x7d)), /not UTF-8/);
  const marked = Buffer.from(`\ufeff${JSON.stringify(manifest)}`);
  await refuses(put(layout, MANIFEST, marked), /not JSON/);
  writeFileSync(join(layout, 'index.json'), ' '.repeat((4 << 20) + 1));
  assert.match(String(await errorOf(read(directory))), /a manifest of 4194305 bytes/);
});

test('44 a layer that is compressed in another way than its media type says is refused', async ({
  directory,
  layout,
}) => {
  const config = put(layout, 'application/vnd.oci.image.config.v1+json', {
    rootfs: { type: 'layers', diff_ids: [sha256(tars[0]!)] },
  });
  const plain = tars[0]!;
  const gzip = gzipSync(plain);
  const xz = Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4);
  for (const [suffix, bytes, says] of [
    ['+zstd', gzip, /media type says zstd, the bytes are gzip/],
    ['+gzip', plain, /media type says gzip, the bytes are neither gzip/],
    ['', gzip, /media type says none, the bytes are gzip/],
    ['+gzip', xz, /media type says gzip, the bytes are xz/],
    ['+zstd', Buffer.from('BZh91AY&SY'), /media type says zstd, the bytes are bzip2/],
    ['+gzip', gzipSync(gzip), /instead of sha256:/],
    ['+gzip+gzip', gzip, /unknown media type .*gzip\+gzip/],
    ['+brotli', gzip, /unknown media type .*brotli/],
    ['gzip', gzip, /unknown media type/],
  ] as const) {
    const layers = [put(layout, LAYER + suffix, bytes)];
    putIndex(layout, [put(layout, MANIFEST, { schemaVersion: 2, config, layers })]);
    const error = await refused(read(directory), says);
    assert.match(String(error), layers[0]!.digest);
  }
});

test('an image of umoci, and its copy by skopeo, are one image', async ({ directory, layout }) => {
  const root = join(directory, 'root');
  mkdirSync(join(root, 'etc'), { recursive: true });
  writeFileSync(join(root, 'etc', 'name'), 'content');
  rmSync(layout, { recursive: true });
  const script = `
    tar -C root -cf root.tar . &&
    umoci init --layout layout && umoci new --image layout:x &&
    umoci config --image layout:x --os linux --architecture amd64 &&
    umoci raw add-layer --image layout:x root.tar &&
    skopeo copy --dest-compress --dest-compress-format zstd oci:layout:x oci:zstd:x`;
  const made = spawnSync('sh', ['-c', script], { cwd: directory, encoding: 'utf8' });
  if (made.status !== 0) {
    assert.not.ok(process.env['CI'], `umoci and skopeo must work: ${made.stderr}`);
    console.log('skipped: umoci or skopeo is missing or failed');
    return;
  }
  const image = await read(directory, { reference: 'x' });
  assert.equal(paths(image), ['', 'etc', 'etc/name']);
  assert.is(image.layers[0]!.diffId, sha256(readFileSync(join(directory, 'root.tar'))));
  const copy = await read(directory, { path: 'zstd', reference: 'x' });
  assert.is(copy.digest, image.digest);
  cpSync(layout, join(directory, 'again'), { recursive: true });
  const again = await read(directory, { path: 'again', reference: 'x' });
  assert.is(again.digest, image.digest);
});

test.run();
