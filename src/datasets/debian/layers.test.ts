import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ImageDescriptor } from '../../images/image.ts';
import { openImage } from '../../images/open.ts';
import { FileSource, readAll } from '../../streams/source.ts';
import { mirrorOf, packageOf, pinOf } from '../../testing/debs.ts';
import { has } from '../../testing/needs.ts';
import { differences } from '../../trees/compare.ts';
import { contentSource } from '../../trees/content.ts';
import { readTar } from '../../trees/tar.ts';
import { readDirectory } from '../directory.ts';
import { loadDataset } from '../mod.ts';
import { type Pins, pinsSchema } from './lock.ts';
import { type DebianSource, debian } from './provider.ts';

const test = suite<{ directory: string }>('debian layers');
test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-debian-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const folder = { type: 'directory', mtime: 1_000_000_000_000_000_000n } as const;
const file = (content: string) => ({ content, mtime: 1_500_000_000_000_000_000n });

/** Two packages of the base and two applications; `app` and `base` share a directory and overwrite no file. */
const archive = new Map(
  Object.entries({
    base: { etc: folder, 'etc/base': file('b'), usr: folder, 'usr/bin': folder, 'usr/lib': folder },
    tool: {
      usr: folder,
      'usr/bin': folder,
      'usr/bin/tool': file('tool'),
      'usr/bin/tool.old': { link: 'usr/bin/tool' },
      'usr/lib/tool': folder,
      'usr/lib/tool/a': file('a'),
    },
    app: { etc: folder, 'etc/app': file('app'), opt: folder, 'opt/app': file('app') },
    other: { 'bin/other': file('other') },
  }).map(([name, files]) => [`pool/${name}.deb`, packageOf(name, files)]),
);

const pin = (name: string) => pinOf(archive, name);

const source: DebianSource = {
  type: 'debian',
  release: 'bookworm',
  state: 'release',
  architecture: 'amd64',
  base: 'none',
  include: ['base', 'tool'],
  layers: [{ remove: [], include: ['app'] }],
};
const base: Pins = { date: '2026-01-02', packages: [pin('base'), pin('tool')] };
const pins: Pins = { ...base, layers: [{ packages: [pin('app')], removed: [] }] };
const purged: Pins = {
  ...base,
  layers: [
    { packages: [pin('app')], removed: [] },
    { packages: [pin('other')], removed: ['tool'] },
  ],
};
const twice: DebianSource = { ...source, layers: [...source.layers!, ...source.layers!] };

function paths({ layers }: ImageDescriptor, layer: number): readonly string[] {
  const tar = new FileSource(layers[layer]!.path);
  try {
    return readTar(tar, {}).entries.map(({ path }) => path);
  } finally {
    tar.close();
  }
}

test('images with the same base packages have the same base layer', async ({ directory }) => {
  const context = mirrorOf(archive, directory);
  const { layers: _layers, ...plain } = source;
  const bare = await debian.fetch(plain, { id: 'bare' }, base, context);
  const one = await debian.fetch(source, { id: 'one' }, pins, context);
  const two = await debian.fetch(twice, { id: 'two' }, purged, context);
  assert.equal(
    [bare, one, two].map(({ layers }) => layers.length),
    [1, 2, 3],
  );
  assert.equal(one.layers[0], bare.layers[0]);
  assert.equal(two.layers.slice(0, 2), one.layers);
  assert.equal(
    JSON.parse(two.config).rootfs.diff_ids,
    two.layers.map(({ diffId }) => diffId),
  );
  assert.equal(await debian.fetch(twice, { id: 'two' }, purged, context), two);
});

test('a layer holds what its packages change, and whiteouts', async ({ directory }) => {
  const image = await debian.fetch(twice, { id: 'x' }, purged, mirrorOf(archive, directory));
  assert.equal(paths(image, 1), [
    'etc/app',
    'opt/',
    'opt/app',
    'var/lib/dpkg/info/app.list',
    'var/lib/dpkg/status',
  ]);
  assert.equal(
    paths(image, 2),
    [
      'usr/bin/.wh.tool',
      'usr/bin/.wh.tool.old',
      'usr/bin/other',
      'usr/lib/.wh.tool',
      'var/lib/dpkg/info/.wh.tool.list',
      'var/lib/dpkg/info/other.list',
      'var/lib/dpkg/status',
    ].sort(),
  );
});

test('umoci unpacks layers to the tree they are merged into', async ({ directory }) => {
  if (!has('umoci')) return;
  const image = await debian.fetch(twice, { id: 'x' }, purged, mirrorOf(archive, directory));
  const add = image.layers.map(({ path }) => `umoci raw add-layer --image layout:x '${path}'`);
  const rootless = process.getuid?.() === 0 ? '' : '--rootless';
  const script = `umoci init --layout layout && umoci new --image layout:x
    ${add.join('\n')}
    umoci unpack ${rootless} --image layout:x bundle`;
  const made = spawnSync('sh', ['-ec', script], { cwd: directory, encoding: 'utf8' });
  assert.is(made.status, 0, made.stderr);
  const theirs = readDirectory(join(directory, 'bundle', 'rootfs'));
  // The directory of the root is made by umoci; a file system knows no owner names.
  const fidelity = {
    mtime: 'nanoseconds',
    hardlinks: true,
    xattrs: false,
    devices: true,
    sparse: false,
    ownerNames: false,
    whiteouts: false,
  } as const;
  const found = differences(openImage(image).tree, theirs, fidelity).map(String);
  assert.equal(
    found.filter((line) => !line.startsWith('/:')),
    [],
  );
  assert.ok(theirs.entries.some(({ path }) => path === 'opt/app'));
});

test('a lock with other layers than the manifest is not built', async ({ directory }) => {
  const error = await debian
    .fetch(twice, { id: 'x' }, pins, mirrorOf(archive, directory))
    .catch((caught: unknown) => caught);
  assert.match(String(error), /2 layers are asked for on the base of x, the lock has 1.*relock/);
});

test('an upgraded package keeps its place in the database, in a layer as in the base', async ({
  directory,
}) => {
  const packages = new Map([
    ...archive,
    ['pool/newer.deb', packageOf('base', { etc: folder, 'etc/base': file('newer') })],
  ]);
  const newer = { ...pinOf(packages, 'newer'), name: 'base', version: '2' };
  const context = mirrorOf(packages, directory);
  const { layers: _layers, ...plain } = source;
  const whole = { ...base, packages: [newer, pin('tool')] };
  const layered = { ...base, layers: [{ packages: [newer], removed: ['base'] }] };
  const upgrade = { remove: [], include: [], upgrade: ['base'] };
  const made = await debian.fetch(plain, { id: 'made' }, whole, context);
  const on = await debian.fetch({ ...plain, layers: [upgrade] }, { id: 'on' }, layered, context);
  assert.ok(paths(on, 1).includes('etc/base'));
  const status = (image: ImageDescriptor): string => {
    const { tree } = openImage(image);
    const { inode } = tree.entries.find(({ path }) => path === 'var/lib/dpkg/status')!;
    return Buffer.from(readAll(contentSource(tree, inode))).toString();
  };
  assert.is(status(on), status(made));
  assert.match(status(on), /Package: base.*Package: tool/s);
});

test('the images of apps are pinned to one base', async () => {
  const { images, pins: locked } = await loadDataset('apps');
  const [first, ...rest] = images.map(({ id }) => pinsSchema.parse(locked.get(id)));
  for (const { date, packages } of rest) {
    assert.is(date, first!.date);
    assert.equal(packages, first!.packages);
  }
  assert.ok(rest.every(({ layers = [] }) => layers.length > 0));
});

test.run();
