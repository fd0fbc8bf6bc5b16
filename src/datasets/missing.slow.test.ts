import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import { packageOf, pinOf } from '../testing/debs.ts';
import { fileServerSuite } from '../testing/file-server.ts';
import { bench } from '../testing/in-process.ts';
import { sketchTree } from '../testing/trees.ts';

const test = fileServerSuite('dataset fetch --from');

const archive = new Map(['one', 'two'].map((name) => [`pool/${name}.deb`, packageOf(name)]));
const tars = ['a', 'b'].map((content) =>
  gzipSync(readAll(treeToTar(sketchTree({ file: { content } })))),
);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Two tars of a server, and an image of two Debian packages; the folder has one of each. */
function prepare(directory: string, server: { url(path: string): string }): void {
  const debian = { type: 'debian', release: 'bookworm', state: 'release', base: 'none' };
  const sources = [
    ...tars.map((bytes, index) => ({
      type: 'rootfs',
      url: server.url(`/${index}`),
      sha256: sha256(bytes),
      size: bytes.length,
    })),
    { ...debian, include: ['one', 'two'] },
  ];
  const words = { title: 'x', description: 'x', why: 'x', citeAs: 'x' };
  const manifest = {
    schemaVersion: 1,
    id: 'mine',
    version: '1.0.0',
    ...words,
    license: { manifest: 'x', content: 'x' },
    images: sources.map((source, index) => ({ id: `i${index}`, title: 'x', source })),
  };
  const pins = { date: '2026-01-02', packages: ['one', 'two'].map((name) => pinOf(archive, name)) };
  const lock = { schemaVersion: 1, images: { i2: pins } };
  writeFileSync(join(directory, 'mine.json'), JSON.stringify(manifest));
  writeFileSync(join(directory, 'mine.lock.json'), JSON.stringify(lock));
  mkdirSync(join(directory, 'usb', 'deep'), { recursive: true });
  writeFileSync(join(directory, 'usb', 'first'), tars[0]!);
  writeFileSync(join(directory, 'usb', 'deep', 'second'), archive.get('pool/one.deb')!);
}

const FETCH = ['dataset', 'fetch', './mine.json', '--from', 'usb'];

test('what neither the folder nor a server has is listed with digest, size and address', async ({
  directory,
  server,
}) => {
  prepare(directory, server);
  const { status, out, err } = await bench(directory, [
    ...FETCH,
    '--mirror',
    server.url('/debian'),
  ]);
  assert.is(status, 1);
  const two = archive.get('pool/two.deb')!;
  const lines = [
    `sha256:${sha256(tars[1]!)} ${tars[1]!.length} bytes ${server.url('/1')}`,
    `sha256:${sha256(two)} ${two.length} bytes ${server.url('/debian/pool/two.deb')}`,
  ];
  assert.equal(
    err.split('\n').filter((line) => line.startsWith('missing: ')),
    lines.map((line) => `missing: ${line}`),
  );
  assert.ok(err.includes(`2 files are neither in usb nor in the cache: ${lines[0]} and 1 more`));
  // An image that fails keeps no other from being fetched.
  assert.equal(server.requests, ['/1', '/debian/pool/two.deb']);
  assert.match(err, /^UnavailableError: 2 images were not fetched, of 3: i1, i2 \(dataset mine\)/m);
  assert.ok(err.includes(`(image i1, url ${server.url('/1')})`), err);
  assert.match(out, /^i0\tsha256:/);
  assert.not.match(err, /passed over/);
  symlinkSync('circle', join(directory, 'usb', 'circle'));
  const again = await bench(directory, [...FETCH, '--mirror', server.url('/debian')]);
  assert.match(again.err, /passed over, since it cannot be read: usb\/circle \(ELOOP\)\n/);
});

test('what is not there comes from the network; all of it there, no server is asked', async ({
  directory,
  server,
}) => {
  prepare(directory, server);
  server.files.set('/1', tars[1]!).set('/debian/pool/two.deb', archive.get('pool/two.deb')!);
  const mirror = ['--mirror', server.url('/debian')];
  const first = await bench(directory, [...FETCH, ...mirror]);
  assert.is(first.status, 0, first.err);
  assert.equal(server.requests, ['/1', '/debian/pool/two.deb']);
  const [tar, deb] = [tars[1]!, archive.get('pool/two.deb')!];
  for (const [name, bytes] of Object.entries({ tar, deb })) {
    writeFileSync(join(directory, 'usb', name), bytes);
  }
  const again = await bench(directory, [...FETCH, '--cache', 'other', ...mirror]);
  assert.is(again.status, 0, again.err);
  assert.is(server.requests.length, 2);
  const digests = (out: string): readonly string[] => out.match(/sha256:\w+/g)!;
  assert.equal(digests(again.out), digests(first.out));
});

test('images that cannot be read are told, and all others fetched and shown', async ({
  directory,
}) => {
  const words = { title: 'x', description: 'x', why: 'x', citeAs: 'x' };
  const facts = { schemaVersion: 1, id: 'odd', version: '1.0.0' };
  const names = ['text', 'good.tar', 'cut.tgz'];
  const images = names.map((path) => ({ id: path, title: 'x', source: { type: 'rootfs', path } }));
  const manifest = { ...facts, ...words, license: { manifest: 'x', content: 'x' }, images };
  writeFileSync(join(directory, 'odd.json'), JSON.stringify(manifest));
  writeFileSync(join(directory, 'text'), 'text '.repeat(500));
  writeFileSync(join(directory, 'good.tar'), gunzipSync(tars[0]!));
  writeFileSync(join(directory, 'cut.tgz'), tars[0]!.subarray(0, 50));
  const fetched = await bench(directory, ['dataset', 'fetch', './odd.json']);
  assert.is(fetched.status, 1);
  assert.match(fetched.out, /^good\.tar\tsha256:\S+\t\S+\n$/);
  assert.match(fetched.err, /^InputError: \S+text is no tar \(image text\) — /m);
  assert.match(fetched.err, /^InputError: .*\(image cut\.tgz, /m);
  assert.match(fetched.err, /2 images were not fetched, of 3: text, cut\.tgz/);
  const shown = await bench(directory, ['dataset', 'show', './odd.json']);
  assert.is(shown.status, 1);
  assert.match(shown.out, /not shown: InputError: \S+text is no tar.*\n.*good\.tar.*\n.*1 layer/);
  assert.match(shown.err, /2 images of 3 cannot be shown: text, cut\.tgz/);
});

test('a folder is for `dataset fetch` alone, and must be one', async ({ directory, server }) => {
  prepare(directory, server);
  for (const action of ['show', 'relock']) {
    const { status, err } = await bench(directory, [
      'dataset',
      action,
      './mine.json',
      '--from',
      'usb',
    ]);
    assert.is(status, 2);
    assert.match(err, /--from has no effect/);
  }
  const file = await bench(directory, [...FETCH.slice(0, -1), 'mine.json']);
  assert.is(file.status, 2);
  assert.match(file.err, /mine\.json is no folder/);
});

test.run();
