import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { BenchError, InputError, VerificationError } from '../errors.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import { errorOf } from '../testing/archives.ts';
import { directorySuite } from '../testing/directory.ts';
import { has } from '../testing/needs.ts';
import { offlineContext } from '../testing/offline.ts';
import { pathsIn, sampleTars, sha256 } from '../testing/registry.ts';
import { type Sketch, sketchTree } from '../testing/trees.ts';
import { dockerArchive } from './docker-archive.ts';
import { kindOfPath } from './kind.ts';
import { adHocDataset } from './mod.ts';
import { referencesAt } from './place.ts';

const test = directorySuite('docker-archive');

const config = JSON.stringify({
  os: 'linux',
  architecture: 'amd64',
  rootfs: { type: 'layers', diff_ids: sampleTars.map(sha256) },
});
const hex = (bytes: Uint8Array | string): string => sha256(Buffer.from(bytes)).slice(7);
const configName = `${hex(config)}.json`;

/** As Docker before 25 saved: a directory a layer; here the second one lies elsewhere, and is linked. */
const old: Readonly<Record<string, Sketch>> = {
  [configName]: { content: config },
  a: { type: 'directory' },
  'a/layer.tar': { content: sampleTars[0]! },
  b: { type: 'directory' },
  'b/layer.tar': { type: 'symlink', target: '../c.tar' },
  'c.tar': { content: sampleTars[1]! },
  'manifest.json': {
    content: JSON.stringify([
      { Config: configName, RepoTags: ['team/image:x'], Layers: ['a/layer.tar', 'b/layer.tar'] },
    ]),
  },
  repositories: { content: '{}' },
};

function save(directory: string, files: Readonly<Record<string, Sketch>>): void {
  writeFileSync(join(directory, 'saved.tar'), readAll(treeToTar(sketchTree(files))));
}

function read(directory: string, reference?: string): Promise<ImageDescriptor> {
  const source = { type: 'docker-archive', path: 'saved.tar', reference } as const;
  return dockerArchive.fetch(source, { id: 'x' }, undefined, offlineContext(directory));
}

test('an archive that lacks a layer is refused, also where the cache has that layer', async ({
  directory,
}) => {
  save(directory, old);
  await read(directory);
  const { 'a/layer.tar': _, ...rest } = old;
  save(directory, rest);
  assert.match(String(await errorOf(read(directory))), /a\/layer\.tar/);
});

test('a layer that is wrong is refused, also where the cache has what it should be', async ({
  directory,
}) => {
  save(directory, old);
  await read(directory);
  const gzip = gzipSync(sampleTars[0]!);
  save(directory, { ...old, 'a/layer.tar': { content: gzip } });
  assert.is((await read(directory)).layers[0]!.diffId, sha256(sampleTars[0]!));
  for (const [content, says] of [
    [Buffer.concat([gzip, Buffer.from('garbage')]), /no gzip follow the gzip data/],
    [gzip.subarray(0, -9), /damaged gzip data/],
    [sampleTars[1]!, new RegExp(sha256(sampleTars[1]!).slice(7))],
  ] as const) {
    save(directory, { ...old, 'a/layer.tar': { content } });
    const warm = String(await errorOf(read(directory)));
    assert.match(warm, says);
    rmSync(join(directory, 'cache'), { recursive: true });
    assert.is(String(await errorOf(read(directory))), warm);
    save(directory, old);
    await read(directory);
  }
});

test('archives of old and of new versions hold the same image', async ({ directory }) => {
  save(directory, old);
  const image = await read(directory, 'team/image:x');
  assert.equal(pathsIn(image), ['', 'etc', 'etc/b', 'etc/c']);
  assert.equal(await read(directory), image);
  const layers = [sampleTars[0]!, gzipSync(sampleTars[1]!)];
  const blobs = [Buffer.from(config), ...layers].map((bytes) => `blobs/sha256/${hex(bytes)}`);
  save(directory, {
    blobs: { type: 'directory' },
    'blobs/sha256': { type: 'directory' },
    [blobs[0]!]: { content: config },
    [blobs[1]!]: { content: layers[0]! },
    [blobs[2]!]: { content: layers[1]! },
    'manifest.json': {
      content: JSON.stringify([{ Config: blobs[0], RepoTags: null, Layers: blobs.slice(1) }]),
    },
    'oci-layout': { content: '{"imageLayoutVersion":"1.0.0"}' },
  });
  rmSync(join(directory, 'cache'), { recursive: true });
  assert.equal(await read(directory), image);
  const named = `sha256:${hex(config)}`;
  save(directory, {
    'l.tar.gz': { content: layers[1]! },
    'm.tar': { content: layers[0]! },
    'manifest.json': {
      content: JSON.stringify([{ Config: named, RepoTags: [], Layers: ['m.tar', 'l.tar.gz'] }]),
    },
    [named]: { content: config },
  });
  rmSync(join(directory, 'cache'), { recursive: true });
  assert.equal(await read(directory), image);
});

test('an archive named on the command line is known by what is in it', async ({ directory }) => {
  save(directory, old);
  const dataset = await adHocDataset(join(directory, 'saved.tar'));
  assert.is(dataset.images[0]!.source.type, 'docker-archive');
  const { repositories: _repositories, ...plain } = old;
  save(directory, plain);
  const crane = await adHocDataset(join(directory, 'saved.tar'));
  assert.is(crane.images[0]!.source.type, 'docker-archive');
  save(directory, { 'manifest.json': { content: '{"name":"an application"}' } });
  const other = await adHocDataset(join(directory, 'saved.tar'));
  assert.is(other.images[0]!.source.type, 'rootfs');
});

test('null instead of layers is an image without any, as skopeo reads it', async ({
  directory,
}) => {
  const empty = '{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":[]}}';
  save(directory, {
    'c.json': { content: empty },
    'manifest.json': { content: '[{"Config":"c.json","Layers":null}]' },
  });
  assert.is(await kindOfPath(join(directory, 'saved.tar')), 'docker-archive');
  assert.equal((await read(directory)).layers, []);
});

test('an archive whose list is damaged is refused, and never a root file system', async ({
  directory,
}) => {
  const path = join(directory, 'saved.tar');
  const cases = [
    ['{', /not JSON/],
    ['[]', /holds no image/],
    ['{}', /an object where an array is expected/],
    ['[{"Config":1}]', /a number where a string is expected/],
    ['', /not JSON/],
  ] as const;
  const { 'manifest.json': _, ...rest } = old;
  for (const [content, says] of cases) {
    for (const signs of [rest, { 'HEX/layer.tar': { content: 'x' } }]) {
      const files = { ...signs, 'manifest.json': { content } };
      const named = Object.entries(files).map(([name, one]) => [name.replace('HEX', hex('')), one]);
      save(directory, Object.fromEntries(named));
      for (const bytes of [readFileSync(path), gzipSync(readFileSync(path))]) {
        writeFileSync(path, bytes);
        const error = await errorOf(adHocDataset(path));
        assert.instance(error, InputError, content);
        assert.match(String(error), says);
        assert.match(String(error), /manifest\.json/);
        assert.match(String(await errorOf(referencesAt(path, await kindOfPath(path)))), says);
      }
    }
  }
});

test('a root file system may have a manifest.json, also beside an image configuration', async ({
  directory,
}) => {
  const path = join(directory, 'saved.tar');
  const long = { content: new Uint8Array(2 << 20) };
  const own: Readonly<Record<string, Sketch>> = { 'manifest.json': { content: '{"name":"x"}' } };
  for (const files of [
    { ...own, 'package.json': { content: '{}' }, 'index.html': { content: '<p>' } },
    { ...own, 'c.json': { content: config }, usr: { type: 'directory' as const } },
    { ...own, 'c.json': { content: config }, long, usr: { type: 'directory' as const } },
    { ...own, [hex('')]: { content: '{' }, d: { type: 'directory' as const } },
  ]) {
    save(directory, files);
    for (const bytes of [readFileSync(path), gzipSync(readFileSync(path))]) {
      writeFileSync(path, bytes);
      assert.is(await kindOfPath(path), 'rootfs', Object.keys(files).join());
    }
  }
});

test('55 names and links that lead nowhere, and images that cannot be told apart, are refused', async ({
  directory,
}) => {
  const entry = { Config: configName, RepoTags: ['t'], Layers: ['a/layer.tar', 'b/layer.tar'] };
  const cases: readonly (readonly [Readonly<Record<string, Sketch>>, RegExp])[] = [
    [
      { 'b/layer.tar': { type: 'symlink', target: '../../../etc/passwd' } },
      /no file 'b\/layer.tar'/,
    ],
    [{ 'b/layer.tar': { type: 'symlink', target: 'layer.tar' } }, /no file 'b\/layer.tar'/],
    [
      {
        'manifest.json': { content: JSON.stringify([entry, { ...entry, Config: 'other.json' }]) },
        'other.json': { content: `${config} ` },
      },
      /2 images, and nothing says which/,
    ],
    [{ 'manifest.json': { content: '[]' } }, /holds no image/],
    [{ 'manifest.json': { content: '{}' } }, /an object where an array is expected/],
    [
      { 'manifest.json': { content: JSON.stringify([{ ...entry, Config: '../../etc/passwd' }]) } },
      /no file '\.\.\/\.\.\/etc\/passwd'/,
    ],
    [
      { 'manifest.json': { content: JSON.stringify([{ ...entry, Layers: ['a/layer.tar'] }]) } },
      /1 layers but 2 diff ids/,
    ],
  ];
  for (const [change, says] of cases) {
    save(directory, { ...old, ...change });
    const error = await errorOf(read(directory));
    assert.instance(error, InputError, String(error));
    assert.match(String(error), says);
  }
});

test('a changed configuration or layer is named', async ({ directory }) => {
  for (const [name, content] of [
    [configName, config.replace('amd64', 'arm64')],
    ['a/layer.tar', sampleTars[1]!],
  ] as const) {
    save(directory, { ...old, [name]: { content } });
    const error = await errorOf(read(directory));
    assert.instance(error, VerificationError, String(error));
    assert.match(String(error), name);
  }
  writeFileSync(join(directory, 'saved.tar'), gzipSync('x'.repeat(2000)));
  assert.instance(await errorOf(read(directory)), BenchError);
});

test('what skopeo saves is the image it was given', async ({ directory }) => {
  if (!has('umoci', 'skopeo')) return;
  writeFileSync(join(directory, 'root.tar'), sampleTars[0]!);
  const script = `
    umoci init --layout layout && umoci new --image layout:x &&
    umoci config --image layout:x --os linux --architecture amd64 &&
    umoci raw add-layer --image layout:x root.tar &&
    skopeo copy oci:layout:x docker-archive:saved.tar:team/image:x`;
  const made = spawnSync('sh', ['-c', script], { cwd: directory, encoding: 'utf8' });
  assert.is(made.status, 0, made.stderr);
  const image = await read(directory);
  assert.is(image.layers[0]!.diffId, sha256(sampleTars[0]!));
  const dataset = await adHocDataset(join(directory, 'saved.tar'));
  assert.is(dataset.images[0]!.source.type, 'docker-archive');
});

test('what docker saved is told from a layout, though its list comes long after', async ({
  directory,
}) => {
  const tarOf = (tree: Readonly<Record<string, Sketch>>) => readAll(treeToTar(sketchTree(tree)));
  // Two blocks of zeros end it.
  const layout = tarOf({ 'oci-layout': { content: '{}' } }).subarray(0, -1024);
  const list = JSON.stringify([{ Config: configName, RepoTags: null, Layers: ['a/layer.tar'] }]);
  const path = join(directory, 'saved.tar');
  for (const [name, kind] of [
    ['manifest.json', 'docker-archive'],
    ['other.json', 'oci-layout'],
  ] as const) {
    const long = { content: new Uint8Array(2 << 20) };
    writeFileSync(path, Buffer.concat([layout, tarOf({ long, [name]: { content: list } })]));
    assert.is(await kindOfPath(path), kind);
  }
});

test.run();
