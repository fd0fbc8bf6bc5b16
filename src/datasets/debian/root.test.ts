import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { treeToTar } from '../../serialisers/tar.ts';
import { readAll } from '../../streams/source.ts';
import { type Sketch, sketchTree } from '../../testing/trees.ts';
import { contentSource } from '../../trees/content.ts';
import type { Inode, Tree } from '../../trees/tree.ts';
import type { Deb } from './deb.ts';
import { RootBuilder } from './root.ts';

function deb(control: string, data: Readonly<Record<string, Sketch>>): Deb {
  const tar = (files: Readonly<Record<string, Sketch>>): Uint8Array =>
    readAll(treeToTar(sketchTree(files)));
  return {
    control: tar({ control: { content: control }, md5sums: { content: 'm\n' } }),
    data: tar(data),
  };
}

function build(...debs: readonly Deb[]): { tree: Tree; byPath: ReadonlyMap<string, Inode> } {
  const root = new RootBuilder(1_000);
  for (const one of debs) root.add(one);
  const tree = root.finish();
  return { tree, byPath: new Map(tree.entries.map(({ path, inode }) => [path, inode])) };
}

const folder: Sketch = { type: 'directory' };
const text = (tree: Tree, inode: Inode): string =>
  Buffer.from(readAll(contentSource(tree, inode))).toString('latin1');

test('top directories are merged below usr, also those that one package alone has', () => {
  const { tree, byPath } = build(
    deb('Package: libc6\nArchitecture: amd64\nMulti-Arch: same\n', {
      lib: folder,
      'lib/libc.so': { content: 'libc' },
      lib64: folder,
      'lib64/ld.so': { type: 'symlink', target: '/lib/ld.so' },
    }),
    deb('Package: new-base\n', {
      bin: { type: 'symlink', target: 'usr/bin' },
      usr: folder,
      'usr/bin': folder,
      'usr/bin/sh': { content: 'sh', mode: 0o755 },
      'usr/bin/sh2': { link: 'usr/bin/sh' },
    }),
    // A package may leave out the directories of its files.
    deb('Package: bare\n', { 'sbin/init': { content: 'init' } }),
  );
  for (const name of ['bin', 'lib', 'lib64', 'sbin']) {
    assert.is(byPath.get(name)?.type, 'symlink', name);
    assert.is(Buffer.from(byPath.get(name)!.target).toString(), `usr/${name}`);
    assert.is(byPath.get(`usr/${name}`)?.type, 'directory', name);
  }
  assert.not.ok(byPath.has('lib32'));
  assert.is(text(tree, byPath.get('usr/lib/libc.so')!), 'libc');
  assert.is(text(tree, byPath.get('usr/sbin/init')!), 'init');
  assert.is(byPath.get('usr/lib64/ld.so')!.type, 'symlink');
  assert.is(byPath.get('usr/bin/sh'), byPath.get('usr/bin/sh2'));
});

test('documentation and translations are left out, licences are not', () => {
  const kept = ['usr/share/doc/a/copyright', 'usr/share/zoneinfo/UTC', 'usr/share/manual'];
  const dropped = [
    'doc/a/changelog.gz',
    'man/man1/a.1.gz',
    'info/a',
    'locale/de/a.mo',
    'lintian/a',
  ];
  const paths = [...kept, ...dropped.map((path) => `usr/share/${path}`)];
  const files = Object.fromEntries(paths.sort().map((path) => [path, { content: 'x' }]));
  const { byPath } = build(deb('Package: a\n', files));
  const found = [...byPath].filter(([, { type }]) => type === 'file').map(([path]) => path);
  assert.equal(found.filter((path) => path.startsWith('usr')).sort(), kept.toSorted());
});

test("dpkg's database says what is installed and which files it has", () => {
  const name = Buffer.from('etc/größe', 'utf8').toString('latin1');
  const { tree, byPath } = build(
    deb('Package: a\nVersion: 1\nDescription: short\n long\n', { etc: folder, [name]: {} }),
    deb('Package: b\nArchitecture: amd64\nMulti-Arch: same\n', {}),
  );
  const read = (path: string): string => text(tree, byPath.get(`var/lib/dpkg/${path}`)!);
  assert.is(
    read('status'),
    'Package: a\nStatus: install ok installed\nVersion: 1\nDescription: short\n long\n\n' +
      'Package: b\nStatus: install ok installed\nArchitecture: amd64\nMulti-Arch: same\n\n',
  );
  assert.is(read('info/a.list'), `/.\n/etc\n/${name}\n`);
  assert.is(read('info/format'), '1\n');
  assert.is(read('info/a.md5sums'), 'm\n');
  assert.is(read('info/b:amd64.list'), '/.\n');
});

test.run();
