import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { treeToTar } from '../serialisers/tar.ts';
import { MemorySource, readAll } from '../streams/source.ts';
import { type Sketch, sketchTree } from '../testing/trees.ts';
import { applyLayers } from './layers.ts';
import { shadowedBytes } from './shadowed.ts';

const dir: Sketch = { type: 'directory' };

function shadowed(...layers: readonly Readonly<Record<string, Sketch>>[]): readonly number[] {
  const tars = layers.map((layer) => readAll(treeToTar(sketchTree(layer))));
  return shadowedBytes(applyLayers(tars.map((tar) => new MemorySource(tar))));
}

test('what is replaced or taken away is shadowed in the layer that carries it', () => {
  const lower = {
    gone: { content: 'x'.repeat(7) },
    kept: { content: 'x'.repeat(1000) },
    old: { content: 'x'.repeat(30) },
    tree: dir,
    'tree/a': { content: 'x'.repeat(200) },
    'tree/b': { content: 'x'.repeat(400) },
  };
  assert.equal(shadowed(lower), [0]);
  // The same content again is shadowed as well: a layer says a changed mode by the whole file.
  const upper = { '.wh.gone': {}, old: { content: 'x'.repeat(30), mode: 0o600 } };
  assert.equal(shadowed(lower, upper), [37, 0]);
  assert.equal(shadowed(lower, upper, { '.wh.old': {}, '.wh.tree': {} }), [637, 30, 0]);
  const opaque = { tree: dir, 'tree/.wh..wh..opq': {}, 'tree/b': { content: 'new' } };
  assert.equal(shadowed(lower, opaque), [600, 0]);
  assert.equal(shadowed(lower, { tree: { content: 'no directory' } }), [600, 0]);
});

test('a file is seen as long as one of its names is', () => {
  const lower = { a: { content: 'x'.repeat(50) }, b: { link: 'a' } };
  assert.equal(shadowed(lower, { '.wh.a': {} }), [0, 0]);
  assert.equal(shadowed(lower, { '.wh.a': {}, '.wh.b': {} }), [50, 0]);
});

test('what one archive has twice is shadowed in its own layer', () => {
  const [first, second] = [
    { a: { content: 'x'.repeat(11) } },
    { a: { content: 'y'.repeat(5) } },
  ].map((files) => readAll(treeToTar(sketchTree(files))));
  const both = Uint8Array.from([...first!.subarray(0, -1024), ...second!]);
  assert.equal(shadowedBytes(applyLayers([new MemorySource(both)])), [11]);
});

test.run();
