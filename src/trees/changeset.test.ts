import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { treeToTar } from '../serialisers/tar.ts';
import { richTree, type Sketch, sketchTree } from '../testing/trees.ts';
import { changeset } from './changeset.ts';
import { differences } from './compare.ts';
import { EVERYTHING } from './fidelity.ts';
import { applyLayers } from './layers.ts';
import type { Tree } from './tree.ts';

const folder: Sketch = { type: 'directory' };

type Sketches = Readonly<Record<string, Sketch>>;

/** Paths of the layer between both; the layers merge into the upper tree again. */
function pathsBetween(lower: Sketches, upper: Sketches): readonly string[] {
  return checkedPaths(sketchTree(lower), sketchTree(upper));
}

function checkedPaths(lower: Tree, upper: Tree): readonly string[] {
  const layer = changeset(lower, upper);
  const merged = applyLayers([treeToTar(lower), treeToTar(layer)]);
  assert.equal(differences(upper, merged, EVERYTHING).map(String), []);
  assert.equal(merged.warnings, []);
  return layer.entries.map(({ path }) => path);
}

test('a layer has another mode of a symlink, which is no difference between trees', () => {
  const link: Sketch = { type: 'symlink', target: 'a', mode: 0o777 };
  assert.equal(pathsBetween({ link }, { link: { ...link, mode: 0o644 } }), ['link']);
});

test('equal trees have an empty layer between them', () => {
  assert.equal(checkedPaths(richTree(), richTree()), []);
});

test('what is new or changed is in the layer, whatever changed', () => {
  const file: Sketch = { content: 'x', mtime: 5n };
  for (const [what, other] of Object.entries({
    content: { ...file, content: 'y' },
    mode: { ...file, mode: 0o600 },
    owner: { ...file, uid: 1 },
    'owner name': { ...file, userName: 'root' },
    time: { ...file, mtime: 6n },
    attribute: { ...file, xattrs: { 'user.a': Uint8Array.of(1) } },
    type: { type: 'symlink', target: 'x', mtime: 5n },
  } satisfies Sketches)) {
    assert.equal(pathsBetween({ a: file, b: file }, { a: file, b: other }), ['b'], what);
  }
  const moved = { ...folder, mode: 0o700 };
  assert.equal(pathsBetween({ d: folder, 'd/a': file }, { d: moved, 'd/a': file }), ['d']);
  assert.equal(pathsBetween({}, { d: folder, 'd/a': file }), ['d', 'd/a']);
});

test('a whiteout stands for the topmost path that is gone', () => {
  const lower = { a: {}, d: folder, 'd/e': folder, 'd/e/f': {}, 'd/g': {} };
  assert.equal(pathsBetween(lower, {}), ['.wh.a', '.wh.d']);
  assert.equal(pathsBetween(lower, { a: {}, d: folder, 'd/g': {} }), ['d/.wh.e']);
});

test('what became something else needs no whiteout, nor what was below it', () => {
  const directory = { d: folder, 'd/a': {}, 'd/e': folder, 'd/e/b': {} };
  assert.equal(pathsBetween(directory, { d: { content: 'file' } }), ['d']);
  assert.equal(pathsBetween(directory, { d: { type: 'symlink', target: 'e' } }), ['d']);
  assert.equal(pathsBetween({ d: {} }, directory), ['d', 'd/a', 'd/e', 'd/e/b']);
});

test('hardlinks that change are in the layer with all their paths', () => {
  const one: Sketch = { content: 'x' };
  const two = { a: one, b: { link: 'a' } };
  assert.equal(pathsBetween(two, { a: one }), ['.wh.b']);
  assert.equal(pathsBetween({ a: one }, two), ['a', 'b']);
  assert.equal(pathsBetween(two, { ...two, c: { link: 'a' } }), ['a', 'b', 'c']);
  assert.equal(pathsBetween(two, { a: one, b: one }), ['a', 'b']);
  assert.equal(pathsBetween({ a: one, b: one }, two), ['a', 'b']);
  assert.equal(pathsBetween({ ...two, c: {} }, two), ['.wh.c']);
});

test.run();
