import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../errors.ts';
import { treeToTar } from '../../serialisers/tar.ts';
import { MemorySource, readAll } from '../../streams/source.ts';
import { archive, part } from '../../testing/evil.ts';
import { type Sketch, sketchTree } from '../../testing/trees.ts';
import { packageTree } from './package.ts';

const unpack = (files: Readonly<Record<string, Sketch>>): readonly string[] =>
  packageTree(new MemorySource(readAll(treeToTar(sketchTree(files)))), 'name', {}).entries.map(
    ({ path }) => path,
  );

test('the directory around a package is left out, whatever its name', () => {
  for (const top of ['package', 'node', 'x y']) {
    assert.equal(unpack({ [top]: { type: 'directory' }, [`${top}/a`]: { content: '1' } }), [
      'app',
      'app/node_modules',
      'app/node_modules/name',
      'app/node_modules/name/a',
    ]);
  }
});

test('whatever is no file, would delete, or lies elsewhere is refused', () => {
  const cases: Readonly<Record<string, Readonly<Record<string, Sketch>>>> = {
    symlink: { 'package/a': { type: 'symlink', target: '/etc/passwd' } },
    hardlink: { 'package/a': { content: '1' }, 'package/b': { link: 'package/a' } },
    device: { 'package/a': { type: 'character-device', major: 1, minor: 3 } },
    whiteout: { 'package/.wh.lib': {} },
    'file beside the directory': { 'package/a': {}, b: {} },
    'two directories': { 'package/a': {}, 'other/b': {} },
  };
  for (const [name, files] of Object.entries(cases)) {
    assert.throws(
      () => unpack(files),
      (error: Error) => error instanceof InputError && error.where.entry !== undefined,
      name,
    );
  }
});

test('21 a name that leads out of the package is refused, or leads nowhere else', () => {
  for (const name of ['package/../../x', '../package/x', '/package/x', 'package/a/../x', 'x']) {
    const tar = new MemorySource(archive(part({ name: 'package/package.json' }), part({ name })));
    let paths: readonly string[] = [];
    try {
      paths = packageTree(tar, 'name', {}).entries.map(({ path }) => path);
    } catch (error) {
      assert.instance(error, InputError, name);
    }
    for (const path of paths.slice(3)) assert.match(path, /^app\/node_modules\/name\/(?!\.)/, name);
  }
});

test.run();
