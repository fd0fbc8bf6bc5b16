import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UnavailableError } from '../errors.ts';
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

const PLATFORM = 'linux/amd64';
const online = (directory: string): FetchContext => ({
  ...offlineContext(directory),
  fetch: globalThis.fetch,
  backoffMs: 0,
});

test('words are references, or paths by how they begin and end', ({ directory }) => {
  mkdirSync(join(directory, 'layout'));
  writeFileSync(join(directory, 'layout', 'oci-layout'), '{}');
  writeFileSync(join(directory, 'root.tar'), sampleTars[0]!);
  const layout = join(directory, 'layout');
  const read = (word: string): unknown => {
    const [image] = toImages([word], 'linux/arm64', directory, []);
    return [image!.id, image!.source];
  };
  const docker = { type: 'registry', platform: 'linux/arm64' };
  assert.equal(read('ubuntu:jammy'), [
    'ubuntu-jammy',
    { ...docker, reference: 'docker.io/library/ubuntu:jammy' },
  ]);
  assert.equal(read('docker://host:5000/a/b'), [
    'b-latest',
    { ...docker, reference: 'host:5000/a/b:latest' },
  ]);
  assert.equal(read(layout), [
    'layout',
    { type: 'oci-layout', path: 'layout', platform: 'linux/arm64' },
  ]);
  assert.equal(read(`oci:${layout}:v1`), [
    'v1',
    { type: 'oci-layout', path: 'layout', reference: 'v1', platform: 'linux/arm64' },
  ]);
  assert.equal(read(join(directory, 'root.tar')), [
    'root.tar',
    { type: 'rootfs', path: 'root.tar' },
  ]);
  assert.throws(() => read('./nowhere'), /nothing is at/);
  assert.throws(() => read('Ubuntu'), /illegal name/);
});

test('images are added to a manifest under ids of their own; a refused one changes nothing', async ({
  directory,
}) => {
  const path = join(directory, 'mine.json');
  await addImages(path, ['a:1', 'b/a:1'], PLATFORM);
  const dataset = await addImages(path, ['c/a:1'], PLATFORM);
  assert.equal(
    dataset.images.map(({ id }) => id),
    ['a-1', 'a-1-2', 'a-1-3'],
  );
  assert.is(dataset.manifest.version, '0.1.0');
  const before = readFileSync(path, 'utf8');
  for (const [word, platform] of [
    ['Illegal', PLATFORM],
    ['d', 'nonsense'],
  ] as const) {
    const error = await addImages(path, [word], platform).catch((reason: unknown) => reason);
    assert.instance(error, Error);
    assert.is(readFileSync(path, 'utf8'), before);
  }
});

test('tags are pinned once, in a lock beside the manifest; what cannot be pinned costs its own image', async ({
  directory,
}) => {
  const server = await new ScriptedRegistry().start();
  try {
    putSampleImage(server, { tag: 'one' });
    const path = join(directory, 'mine.json');
    const added = await addImages(
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
    assert.is(await pinDataset(whole, offlineContext(directory)), whole, 'nothing is left to ask');
  } finally {
    await server.stop();
  }
});

test('an ended run writes no lock', async ({ directory }) => {
  const path = join(directory, 'mine.json');
  const dataset = await addImages(path, ['127.0.0.1:1/a'], PLATFORM);
  const context = { ...online(directory), signal: AbortSignal.abort(new Error('enough')) };
  const error = await pinDataset(dataset, context).catch((reason: unknown) => reason);
  assert.match(String(error), /enough/);
  assert.not.ok(existsSync(join(directory, 'mine.lock.json')));
});

test.run();
