import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../errors.ts';
import { readAll } from '../../streams/source.ts';
import { noise } from '../../testing/noise.ts';
import { sketchTree } from '../../testing/trees.ts';
import { changeset } from '../../trees/changeset.ts';
import { contentSource } from '../../trees/content.ts';
import { HOLE, type Tree } from '../../trees/tree.ts';
import { DRAWN_KINDS } from './draw.ts';
import { applyEdits, type Edit, settleEdits } from './mod.ts';

const tree = sketchTree({
  a: { type: 'directory' },
  'a/b': { type: 'directory' },
  'a/b/large': { content: noise(20_000), mode: 0o4755, uid: 3, userName: 'three' },
  'a/b/link': { type: 'symlink', target: 'large', mode: 0o777 },
  'a/small': { content: 'abc' },
  'a/small.too': { link: 'a/small' },
  'a.b': { content: 'x' },
  z: { type: 'directory' },
  'z/big': { content: noise(30_000, 2) },
});

const edited = (edit: Edit): Tree => applyEdits(tree, settleEdits(tree, [edit], 'one'));
const at = (found: Tree, path: string) => found.entries.find((entry) => entry.path === path);
const bytes = (found: Tree, path: string): Buffer =>
  Buffer.from(readAll(contentSource(found, at(found, path)!.inode)));
const paths = (found: Tree): readonly string[] => found.entries.map(({ path }) => path);

test('contents change where they are said to, under all names', () => {
  const flipped = edited({ flip: { path: 'a/small', at: 1 } });
  assert.is(bytes(flipped, 'a/small.too').toString(), 'acc');
  const longer = edited({ insert: { path: 'a/small', at: 1, length: 2, seed: 1 } });
  const found = bytes(longer, 'a/small');
  assert.is(found.length, 5);
  assert.is(found.toString('latin1', 0, 1) + found.toString('latin1', 3), 'abc');
  const replaced = bytes(
    edited({ replace: { path: 'a/b/large', at: 100, length: 50, seed: 1 } }),
    'a/b/large',
  );
  const old = bytes(tree, 'a/b/large');
  assert.is(replaced.length, old.length);
  assert.ok(replaced.subarray(0, 100).equals(old.subarray(0, 100)));
  assert.ok(replaced.subarray(150).equals(old.subarray(150)));
  assert.not(replaced.subarray(100, 150).equals(old.subarray(100, 150)));
});

test('a hole stays one around what is put into it', () => {
  const segments = [{ source: HOLE, offset: 0, length: 100 }];
  const entries = tree.entries.map((entry) =>
    entry.path === 'a.b' ? { ...entry, inode: { ...entry.inode, segments, size: 100 } } : entry,
  );
  const sparse = applyEdits({ ...tree, entries }, [{ flip: { path: 'a.b', at: 40 } }]);
  assert.equal(
    [...at(sparse, 'a.b')!.inode.segments].map(({ source, length }) => [source === HOLE, length]),
    [
      [true, 40],
      [false, 1],
      [true, 59],
    ],
  );
  assert.is(bytes(sparse, 'a.b')[40], 1);
});

test('modes and owners change below a path, as chmod -R and chown -R do', () => {
  const moded = edited({ chmod: { path: 'a', mode: '0700', recursive: true } });
  const modes = moded.entries.map(({ inode }) => inode.mode.toString(8));
  assert.equal(modes, ['755', '700', '700', '700', '777', '700', '700', '644', '755', '644']);
  const owned = edited({ chown: { path: 'a/b', uid: 7, gid: 8 } });
  const { mode, uid, gid, userName } = at(owned, 'a/b/large')!.inode;
  assert.equal([mode, uid, gid, userName], [0o755, 7, 8, '']);
  assert.is(at(owned, 'a/b/link')!.inode.uid, 7);
  assert.is(at(owned, 'a/small')!.inode, at(tree, 'a/small')!.inode);
});

test('names come and go in the order of a tree', () => {
  assert.equal(paths(edited({ rename: { from: 'a', to: 'z/c' } })), [
    '',
    'a.b',
    'z',
    'z/big',
    'z/c',
    'z/c/b',
    'z/c/b/large',
    'z/c/b/link',
    'z/c/small',
    'z/c/small.too',
  ]);
  const added = edited({ add: { path: 'a/new', length: 5, seed: 9 } });
  assert.is(bytes(added, 'a/new').length, 5);
  assert.is(paths(added).indexOf('a/new'), 5);
  const unlinked = edited({ remove: 'a/small' });
  assert.is(bytes(unlinked, 'a/small.too').toString(), 'abc');
});

test('an edit that the tree cannot take is refused, and says why', () => {
  for (const [edit, why] of [
    [{ flip: { path: 'a/small', at: 3 } }, /3 bytes, the edit reaches to 4/],
    [{ insert: { path: 'a/small', at: 4, length: 1, seed: 1 } }, /reaches to 4/],
    [{ replace: { path: 'a/small', at: 0, length: 4, seed: 1 } }, /reaches to 4/],
    [{ rename: { from: 'a', to: 'z' } }, /such a path already .*entry z/],
    [{ rename: { from: 'a', to: 'q/a' } }, /no directory around it/],
    [{ add: { path: 'a/small/x', length: 1, seed: 1 } }, /no directory around it/],
    [{ rename: { from: 'q', to: 'z/q' } }, /no such path/],
  ] as const) {
    assert.throws(
      () => edited(edit),
      (error: unknown) => error instanceof InputError && why.test(String(error)),
      JSON.stringify(edit),
    );
  }
  const bare = sketchTree({ 'a.b': { content: 'x' } });
  assert.throws(
    () => settleEdits(bare, [{ draw: { kind: 'unlink', seed: 1 } }], 'one'),
    (error: unknown) =>
      /nothing that 'unlink' could be drawn from \(image one\)/.test(String(error)),
  );
});

test('a draw is the same edit each time; other seeds reach every decade of sizes', () => {
  for (const kind of DRAWN_KINDS) {
    const draw = { draw: { kind, seed: 5 } };
    const [once, again] = [settleEdits(tree, [draw], 'a'), settleEdits(tree, [draw], 'b')];
    assert.equal(once, again);
    const changed = changeset(tree, applyEdits(tree, once));
    assert.ok(changed.entries.length > 0, kind);
  }
  const drawn = Array.from({ length: 60 }, (_, seed) => {
    const [edit] = settleEdits(tree, [{ draw: { kind: 'flip', seed } }], 'a');
    return edit!['flip'] as { readonly path: string; readonly at: number };
  });
  const small = drawn.filter(({ path }) => path === 'a/small' || path === 'a/small.too').length;
  const large = drawn.filter(({ at: place }) => place >= 1000).length;
  // Two decades of sizes, alike though there are more small files.
  assert.ok(small + drawn.filter(({ path }) => path === 'a.b').length > 20, `${small}`);
  assert.ok(large > 20, `${large}`);
});

test('a draw sees what the edits before have left', () => {
  const all = settleEdits(
    tree,
    [{ remove: 'a' }, { remove: 'a.b' }, { draw: { kind: 'remove-file', seed: 1 } }],
    'one',
  );
  assert.equal(all.at(-1), { remove: 'z/big' });
});

test.run();
