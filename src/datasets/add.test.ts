import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UnavailableError } from '../errors.ts';
import { machinePlatform } from '../images/platform.ts';
import { refused } from '../testing/archives.ts';
import { saveArchive, savedFiles, writeLayout } from '../testing/layouts.ts';
import { lackOfServers, unless } from '../testing/needs.ts';
import { offlineContext } from '../testing/offline.ts';
import { putSampleImage, ScriptedRegistry, sampleTars } from '../testing/registry.ts';
import { toImages } from './add.ts';
import { addImages, fetchImage, loadDataset, pinDataset } from './mod.ts';
import type { FetchContext } from './provider.ts';

const test = suite<{ directory: string }>('adding images');

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-add-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const PLATFORM = { platform: 'linux/amd64' };
const online = (directory: string): FetchContext => ({
  ...offlineContext(directory),
  fetch: globalThis.fetch,
  backoffMs: 0,
});

test('words are references, or paths by how they begin and end', async ({ directory }) => {
  writeLayout(join(directory, 'layout'), [{ name: 'v1', architecture: 'arm64' }]);
  writeFileSync(join(directory, 'root.tar'), sampleTars[0]!);
  const layout = join(directory, 'layout');
  const read = async (word: string): Promise<unknown> => {
    const [image] = await toImages([word], { platform: 'linux/arm64' }, directory, []);
    return [image!.id, image!.source];
  };
  const docker = { type: 'registry', platform: 'linux/arm64' };
  assert.equal(await read('ubuntu:jammy'), [
    'ubuntu-jammy',
    { ...docker, reference: 'docker.io/library/ubuntu:jammy' },
  ]);
  assert.equal(await read('docker://host:5000/a/b'), [
    'b-latest',
    { ...docker, reference: 'host:5000/a/b:latest' },
  ]);
  assert.equal(await read(layout), [
    'layout',
    { type: 'oci-layout', path: 'layout', platform: 'linux/arm64' },
  ]);
  assert.equal(await read(`oci:${layout}:v1`), [
    'v1',
    { type: 'oci-layout', path: 'layout', reference: 'v1', platform: 'linux/arm64' },
  ]);
  assert.equal(await read(join(directory, 'root.tar')), [
    'root.tar',
    { type: 'rootfs', path: 'root.tar' },
  ]);
  await refused(read('./nowhere'), /nothing is at/);
  await refused(read('Ubuntu'), /illegal name/);
});

test('what is no tar is not added, as it cannot be run', async ({ directory }) => {
  const path = join(directory, 'mine.json');
  const file = (name: string, bytes: Uint8Array | string): string => {
    writeFileSync(join(directory, name), bytes);
    return join(directory, name);
  };
  for (const [word, why] of [
    [file('passwd', 'root:x:0:0:root:/root:/bin/bash\n'.repeat(40)), /passwd is no tar/],
    [file('text.tar.gz', gzipSync(Buffer.alloc(1000, 'text'))), /compressed, and holds no tar/],
    [file('nothing.tar', ''), /nothing.tar is empty/],
    ['/dev/null', /is no regular file/],
  ] as const) {
    await refused(addImages(path, [word]), why);
    assert.not.ok(existsSync(path), word);
  }
});

test('a description that was made here counts all images, and words of others stay', async ({
  directory,
}) => {
  const path = join(directory, 'mine.json');
  const tar = join(directory, 'root.tar');
  writeFileSync(tar, sampleTars[0]!);
  const added = async (word: string): Promise<string> =>
    (await addImages(path, [word], PLATFORM)).dataset.description;
  assert.is(await added('ubuntu:jammy'), 'One image.');
  assert.is(await added(tar), '2 images.');
  assert.is(await added(tar), '3 images.');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...manifest, description: 'Mine.' }));
  assert.is(await added(tar), 'Mine.');
});

test('several images of a layout or an archive are added at once, or one is named', async ({
  directory,
}) => {
  writeLayout(join(directory, 'layout'), [{ name: 'v1' }, { name: 'v2' }]);
  const saved = join(directory, 'saved.tar');
  saveArchive(
    saved,
    savedFiles([
      { tags: ['a:1'], content: 'a' },
      { tags: ['b:1'], content: 'b' },
    ]),
  );
  const path = join(directory, 'mine.json');
  const layout = join(directory, 'layout');
  await refused(addImages(path, [layout]), /2 images, and nothing says which.*v1.*v2/);
  assert.not.ok(existsSync(path), 'nothing was begun');
  const { dataset, added } = await addImages(path, [layout, saved], { isAll: true });
  assert.equal(
    added.map(({ id, title, source }) => [id, title, source]),
    [
      ['v1', 'layout#v1', { type: 'oci-layout', path: 'layout', reference: 'v1' }],
      ['v2', 'layout#v2', { type: 'oci-layout', path: 'layout', reference: 'v2' }],
      ['a_1', 'saved.tar#a:1', { type: 'docker-archive', path: 'saved.tar', reference: 'a:1' }],
      ['b_1', 'saved.tar#b:1', { type: 'docker-archive', path: 'saved.tar', reference: 'b:1' }],
    ].map(([id, title, source]) => [id, title, withPlatform(source as object)]),
  );
  assert.not.match(JSON.stringify(dataset.manifest.images), directory);
  for (const { id } of added) await fetchImage(dataset, id, offlineContext(directory));
  const one = await addImages(path, [`${layout}#v2`, `docker-archive:${saved}:b:1`]);
  assert.equal(
    one.added.map(({ id, title }) => [id, title]),
    [
      ['v2-2', 'layout#v2'],
      ['b_1-2', 'saved.tar#b:1'],
    ],
  );
});

/** A layout's list says for which platform an image is; that is written down. */
function withPlatform(source: object): object {
  return 'type' in source && source.type === 'oci-layout'
    ? { ...source, platform: 'linux/amd64' }
    : source;
}

test('the platform that was chosen is written down: a dataset is the same elsewhere', async ({
  directory,
}) => {
  const layout = join(directory, 'layout');
  const own = machinePlatform().slice('linux/'.length);
  writeLayout(layout, [{ architecture: 's390x' }, { architecture: own }]);
  const path = join(directory, 'mine.json');
  const { added } = await addImages(path, [layout, 'ubuntu']);
  for (const { source } of added)
    assert.is((source as { platform?: string }).platform, `linux/${own}`);
  const other = await addImages(path, [layout], { platform: 'linux/s390x' });
  assert.is((other.added[0]!.source as { platform?: string }).platform, 'linux/s390x');
  await refused(addImages(path, [layout], { platform: 'linux/riscv64' }), /no image for/);
});

test('a name alone is a manifest where the user stands, never one of the project', async ({
  directory,
}) => {
  const before = process.cwd();
  process.chdir(directory);
  try {
    await addImages('mine', ['ubuntu']);
    assert.ok(existsSync(join(directory, 'mine.json')));
    assert.is((await loadDataset('mine')).images.length, 1);
    const { dataset } = await addImages('mine', ['debian']);
    assert.is(dataset.images.length, 2);
    await refused(addImages('debian-series', ['ubuntu']), /is a dataset of ocibench/);
    await refused(loadDataset('mine', 'linux/amd64'), /says itself for which platform/);
  } finally {
    process.chdir(before);
  }
});

test('images are added to a manifest under ids of their own; a refused one changes nothing', async ({
  directory,
}) => {
  const path = join(directory, 'mine.json');
  await addImages(path, ['a:1', 'b/a:1'], PLATFORM);
  const { dataset } = await addImages(path, ['c/a:1'], PLATFORM);
  assert.equal(
    dataset.images.map(({ id }) => id),
    ['a-1', 'a-1-2', 'a-1-3'],
  );
  assert.is(dataset.manifest.version, '0.1.0');
  const before = readFileSync(path, 'utf8');
  for (const [word, options] of [
    ['Illegal', PLATFORM],
    ['d', { platform: 'nonsense' }],
  ] as const) {
    const error = await addImages(path, [word], options).catch((reason: unknown) => reason);
    assert.instance(error, Error);
    assert.is(readFileSync(path, 'utf8'), before);
  }
});

unless(test, lackOfServers())(
  'tags are pinned once, in a lock beside the manifest; what cannot be pinned costs its own image',
  async ({ directory }) => {
    const server = await new ScriptedRegistry().start();
    try {
      putSampleImage(server, { tag: 'one' });
      const path = join(directory, 'mine.json');
      const { dataset: added } = await addImages(
        path,
        [server.reference('one'), server.reference('none')],
        PLATFORM,
      );
      const context = online(directory);
      const pinned = await pinDataset(added, context);
      assert.is.not(pinned.digest, added.digest);
      const lock = readFileSync(join(directory, 'mine.lock.json'), 'utf8');
      assert.equal(Object.keys(JSON.parse(lock).images), ['image-one']);
      const image = await fetchImage(pinned, 'image-one', context);
      const error = await fetchImage(pinned, 'image-none', context).catch(
        (reason: unknown) => reason,
      );
      assert.instance(error, UnavailableError);
      assert.match(String(error), /not there \(HTTP 404\).*image image-none/);

      putSampleImage(server, { tag: 'one', isDocker: true });
      putSampleImage(server, { tag: 'none' });
      const asked = server.requests.length;
      const again = await loadDataset(path);
      assert.is(again.digest, pinned.digest);
      assert.equal(await fetchImage(again, 'image-one', context), image);
      assert.is(server.requests.length, asked, 'neither the tag nor a blob was asked for');
      const whole = await pinDataset(again, context);
      assert.equal([...whole.pins.keys()].sort(), ['image-none', 'image-one']);
      assert.equal(whole.pins.get('image-one'), again.pins.get('image-one'));
      assert.is(
        await pinDataset(whole, offlineContext(directory)),
        whole,
        'nothing is left to ask',
      );
    } finally {
      await server.stop();
    }
  },
);

test('an ended run writes no lock', async ({ directory }) => {
  const path = join(directory, 'mine.json');
  const { dataset } = await addImages(path, ['127.0.0.1:1/a'], PLATFORM);
  const context = { ...online(directory), signal: AbortSignal.abort(new Error('enough')) };
  const error = await pinDataset(dataset, context).catch((reason: unknown) => reason);
  assert.match(String(error), /enough/);
  assert.not.ok(existsSync(join(directory, 'mine.lock.json')));
});

test.run();
