import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { limits } from '../limits.ts';
import { checkLayerNames } from '../serialisers/check.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { MemorySource, readAll } from '../streams/source.ts';
import { mergeLayers, pathsOf as paths, refuses } from '../testing/archives.ts';
import { archive, part, pax } from '../testing/evil.ts';
import { type Sketch, sketchTree } from '../testing/trees.ts';
import { contentSource } from './content.ts';
import { applyLayers, type MergedTree } from './layers.ts';

type Layer = Readonly<Record<string, Sketch>>;

/** Layers by hand. The writer sorts: `order` puts entries as they shall stand in the archive. */
function merge(...layers: readonly Layer[]): MergedTree {
  return applyLayers(
    layers.map((layer) => new MemorySource(readAll(treeToTar(sketchTree(layer))))),
  );
}

/** Archives one after the other, each without its end marker: entries in the order given. */
function inOrder(...layers: readonly Layer[]): MemorySource {
  const parts = layers.map((layer) => readAll(treeToTar(sketchTree(layer))).slice(512, -1024));
  return new MemorySource(
    new Uint8Array([...parts.flatMap((part) => [...part]), ...new Uint8Array(1024)]),
  );
}

const text = (tree: MergedTree, path: string): string => {
  const { inode } = tree.entries.find((entry) => entry.path === path)!;
  return Buffer.from(readAll(contentSource(tree, inode))).toString();
};
const dir: Sketch = { type: 'directory' };

test('upper layers replace, whiteouts remove', () => {
  const tree = merge(
    { a: { content: 'lower' }, b: {}, d: dir, 'd/x': {}, 'd/y': {} },
    { '.wh.b': {}, a: { content: 'upper' }, d: dir, 'd/.wh.x': {} },
  );
  assert.equal(paths(tree), ['a', 'd', 'd/y']);
  assert.is(text(tree, 'a'), 'upper');
});

test('32 an opaque whiteout hides lower layers, and never its siblings', () => {
  const lower = { d: dir, 'd/old': {}, 'd/sub': dir, 'd/sub/old': {} };
  const upper = { d: dir, 'd/.wh..wh..opq': {}, 'd/new': {}, 'd/sub': dir, 'd/sub/new': {} };
  assert.equal(paths(merge(lower, upper)), ['d', 'd/new', 'd/sub', 'd/sub/new']);
  const after = inOrder({ 'd/new': {} }, { 'd/.wh..wh..opq': {} });
  const tree = applyLayers([new MemorySource(readAll(treeToTar(sketchTree(lower)))), after]);
  assert.equal(paths(tree), ['d', 'd/new']);
  assert.equal(paths(merge({ a: {} }, { '.wh..wh..opq': {}, b: {} })), ['b']);
});

test('32 an opaque whiteout in what no layer has makes nothing, as with umoci', () => {
  const lower = { a: {}, s: { type: 'symlink', target: 'gone' } as Sketch };
  for (const path of ['nope', 'nope/deeper', 'a', 's']) {
    assert.equal(paths(merge(lower, { [`${path}/.wh..wh..opq`]: {} })), ['a', 's'], path);
  }
  const tree = merge(lower, { 'nope/.wh..wh..opq': {}, 'nope/x': {} });
  assert.equal(paths(tree), ['a', 'nope', 'nope/x', 's']);
  const gone = applyLayers([
    inOrder({ d: dir, 'd/old': {} }),
    inOrder({ '.wh.d': {} }, { 'd/.wh..wh..opq': {} }),
  ]);
  assert.equal(paths(gone), []);
});

test('33 a whiteout of nothing is nothing; one beside its own path hides the lower one only', () => {
  assert.equal(paths(merge({ a: {} }, { '.wh.zzz': {} })), ['a']);
  const tree = merge({ d: dir, 'd/lower': {} }, { '.wh.d': {}, d: dir, 'd/upper': {} });
  assert.equal(paths(tree), ['d', 'd/upper']);
});

test('31 whiteouts that name nothing are refused', () => {
  for (const name of ['.wh.', '.wh..', '.wh...'])
    refuses(() => merge({ [name]: {} }), /names nothing/);
});

test('34 a whiteout with content is a warning', () => {
  const tree = merge({ a: {} }, { '.wh.a': { content: 'x' } });
  assert.equal(paths(tree), []);
  assert.match(tree.warnings[0]!, /no empty file/);
});

test('marks of AUFS and all below them are no content; links to files among them are', () => {
  const tree = applyLayers([
    inOrder({ kept: {}, q: { content: 'lower' } }),
    inOrder(
      { '.wh..wh.plnk': dir },
      { '.wh..wh.plnk/1.2': { content: 'linked' } },
      { '.wh..wh.plnk/deep': dir, '.wh..wh.plnk/deep/x': {} },
      { '.wh..wh.aufs': {}, '.wh..wh.orph': dir, d: dir, 'd/.wh..wh.aufs': {} },
      { z: { content: 'z' } },
    ),
  ]);
  assert.equal(paths(tree), ['d', 'kept', 'q', 'z']);
  assert.equal(
    tree.warnings.map((warning) => warning.replace(/^layer 1: /, '')).sort(),
    ['.wh..wh.aufs', '.wh..wh.orph', '.wh..wh.plnk', 'd/.wh..wh.aufs'].map(
      (name) => `${name} is a mark of AUFS, and ignored with all below it`,
    ),
  );
  checkLayerNames(tree);
  const link = (name: string): string => part({ name, type: '1', link: '.wh..wh.plnk/1.2' });
  const file = part({ name: '.wh..wh.plnk/1.2', content: 'linked' });
  const plnk = new MemorySource(archive(file, link('a'), link('b')));
  const linked = applyLayers([plnk]);
  assert.equal(paths(linked), ['a', 'b']);
  assert.is(text(linked, 'b'), 'linked');
  const [, a, b] = linked.entries;
  assert.is.not(a!.inode, b!.inode);
  const alone = new MemorySource(archive(link('a')));
  refuses(() => applyLayers([plnk, alone]), /which is nothing/);
});

test('27 hardlinks share an inode across layers; links to nothing are refused', () => {
  const link = { content: 'x' };
  const tree = merge({ a: link, b: { link: 'a' } });
  const [, a, b] = tree.entries;
  assert.is(a!.inode, b!.inode);
  assert.is(text(tree, 'b'), 'x');
  const archive = readAll(treeToTar(sketchTree({ a: link, b: { link: 'a' } })));
  // Without the entry of `a` (header and one block) the link points to nothing.
  const orphan = new MemorySource(
    new Uint8Array([...archive.subarray(0, 512), ...archive.subarray(1536)]),
  );
  refuses(() => applyLayers([orphan]), /which is nothing/);
  const lower = new MemorySource(readAll(treeToTar(sketchTree({ a: { content: 'lower' } }))));
  assert.is(text(applyLayers([lower, orphan]), 'b'), 'lower');
});

test('28 the last of two entries counts, with a warning; directories keep their children', () => {
  const twice = applyLayers([inOrder({ a: { content: '1' } }, { a: { content: '2' } })]);
  assert.is(text(twice, 'a'), '2');
  assert.match(twice.warnings[0]!, /twice/);
  const tree = merge({ d: dir, 'd/x': {} }, { d: { type: 'directory', mode: 0o700 } });
  assert.equal(paths(tree), ['d', 'd/x']);
  assert.is(tree.entries[1]!.inode.mode, 0o700);
  assert.equal(paths(merge({ d: dir, 'd/x': {} }, { d: { content: 'now a file' } })), ['d']);
});

test('29 a parent that is a symlink is followed inside the root; one that is a file is refused', () => {
  const usr = { lib: { type: 'symlink', target: '/usr/lib' } as Sketch, usr: dir, 'usr/lib': dir };
  assert.equal(paths(merge(usr, { 'lib/x': {} })), ['lib', 'usr', 'usr/lib', 'usr/lib/x']);
  const outside = { out: { type: 'symlink', target: '../../../etc' } as Sketch };
  assert.equal(paths(merge(outside, { 'out/passwd': {} })), ['etc', 'etc/passwd', 'out']);
  const loop = {
    a: { type: 'symlink', target: 'b' } as Sketch,
    b: { type: 'symlink', target: 'a' } as Sketch,
  };
  refuses(() => merge(loop, { 'a/x': {} }), /too many symlinks/);
  refuses(() => merge({ f: {} }, { 'f/x': {} }), /is a file/);
});

test('29 symlinks on the way to a file are as many as Linux follows, and not one more', () => {
  const chain = (hops: number): Layer => ({
    end: dir,
    ...Object.fromEntries(
      Array.from({ length: hops }, (_, n) => [
        `l${String(n).padStart(2, '0')}`,
        { type: 'symlink', target: n + 1 < hops ? `l${String(n + 1).padStart(2, '0')}` : 'end' },
      ]),
    ),
  });
  for (const hops of [39, 40])
    assert.ok(paths(merge(chain(hops), { 'l00/x': {} })).includes('end/x'));
  refuses(() => merge(chain(41), { 'l00/x': {} }), /too many symlinks/);
});

test('28 file, directory and symlink of one path in one layer: the last is it, and each is told', () => {
  const tree = applyLayers([
    inOrder(
      { a: { content: 'file' } },
      { a: dir },
      { 'a/x': {} },
      { a: { type: 'symlink', target: 'b' } },
    ),
  ]);
  assert.equal(paths(tree), ['a']);
  assert.is(tree.entries[1]!.inode.type, 'symlink');
  assert.is(tree.warnings.filter((text) => /a\/? is there twice/.test(text)).length, 2);
});

test('21 paths are normalised, and none leaves the root', () => {
  refuses(() => applyLayers([inOrder({ '../x': {} })]), /contains '\.\.'/);
  refuses(() => applyLayers([inOrder({ 'a/../../x': {} })]), /contains '\.\.'/);
  assert.equal(paths(applyLayers([inOrder({ '/abs': {}, '//x': {}, './y': {} })])), [
    'abs',
    'x',
    'y',
  ]);
});

test('23, 25 names that look alike or are special stay distinct', () => {
  const names = [
    'README',
    'readme',
    'e\u0301'.slice(0, 1),
    '\xe9',
    '__proto__',
    'constructor',
    'a\nb',
  ];
  const layer = Object.fromEntries(names.map((name) => [name, {}])) as Layer;
  // __proto__ as a literal key would set the prototype.
  Object.defineProperty(layer, '__proto__', { value: {}, enumerable: true });
  assert.equal(new Set(paths(merge(layer))).size, names.length);
});

test('29 directories that no entry describes are directories of their own, not links', () => {
  const tree = applyLayers([inOrder({ 'a/b/c': {} })]);
  assert.equal(paths(tree), ['a', 'a/b', 'a/b/c']);
  assert.is(new Set(tree.entries.map(({ inode }) => inode)).size, 4);
  const again = applyLayers([new MemorySource(readAll(treeToTar(tree)))]);
  assert.is(new Set(again.entries.map(({ inode }) => inode)).size, 4);
});

test('33 a directory may be called like a whiteout, and then cannot be stored in a layer again', () => {
  const tree = applyLayers([inOrder({ '.wh.d/x': {} })]);
  assert.equal(paths(tree), ['.wh.d', '.wh.d/x']);
  const hiding = merge({ d: dir, 'd/old': {} }, { '.wh.d': dir, '.wh.d/x': {} });
  assert.equal(paths(hiding), ['.wh.d', '.wh.d/x'], 'as umoci 0.4 unpacks it');
  refuses(() => checkLayerNames(tree), /'\.wh\.d' would delete 'd' .*entry \.wh\.d\)/);
  checkLayerNames(applyLayers([inOrder({ 'a.wh.b': {}, '.whx': {} })]));
});

test('30 the root stays a directory, and takes its metadata from the last layer', () => {
  refuses(
    () => applyLayers([inOrder({ './': { type: 'symlink', target: 'x' } })]),
    /the root is a symlink/,
  );
});

test('20 a path that is too deep is refused', () => {
  refuses(() => applyLayers([inOrder({ [`${'a/'.repeat(1100)}x`]: {} })]), /1101 deep/);
});

test('opaque whiteouts count once a layer, in any order and however often', () => {
  const lower = archive(...['d/a', 'd/e/b', 'd/e/f/c'].map((name) => part({ name })));
  const [opaque, inner] = ['d/.wh..wh..opq', 'd/e/.wh..wh..opq'].map((name) => part({ name }));
  const [own, deep] = ['d/own', 'd/e/f/own'].map((name) => part({ name }));
  for (const parts of [
    [opaque, own, deep],
    [own, opaque, deep, opaque],
    [inner, own, opaque, deep, inner, opaque],
    [deep, inner, opaque, own, opaque, inner],
  ]) {
    const tree = mergeLayers(lower, archive(...(parts as string[])));
    assert.equal(paths(tree), ['d', 'd/e', 'd/e/f', 'd/e/f/own', 'd/own']);
  }
  const again = mergeLayers(lower, archive(own!, opaque!), archive(opaque!));
  assert.equal(paths(again), ['d']);
});

test('a way through symlinks has no more steps than a path, wherever they lead', () => {
  const through = (target: string): Uint8Array =>
    archive(
      part({ name: 'a/', type: '5' }),
      pax({ linkpath: target }),
      part({ name: 's', type: '2' }),
      part({ name: 's/x' }),
    );
  const { pathDepth } = limits;
  assert.equal(paths(mergeLayers(through(`${'a/../'.repeat(pathDepth / 2 - 1)}a`))), [
    'a',
    'a/x',
    's',
  ]);
  const says = /more than 1024 deep behind symlinks/;
  refuses(() => mergeLayers(through(`${'a/../'.repeat(pathDepth / 2)}a`)), says);
});

test.run();
