import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applyEdits, type Edit } from '../datasets/edits/mod.ts';
import { noise } from '../testing/noise.ts';
import { sketchTree } from '../testing/trees.ts';
import { contentDigest } from '../trees/content.ts';
import type { Inode, Tree } from '../trees/tree.ts';
import { avalancheMeasures } from './avalanche.ts';
import { changesBetween, type Side } from './changes.ts';

const tree = sketchTree({
  dir: { type: 'directory' },
  'dir/large': { content: noise(200_000) },
  'dir/same': { content: 'same' },
  'dir/same.too': { link: 'dir/same' },
  other: { type: 'directory' },
  'other/copy': { content: 'same', mode: 0o755 },
});

function sideOf(own: Tree): Side {
  const paths = new Map<Inode, string>();
  for (const { path, inode } of own.entries) {
    if (inode.type === 'file' && !paths.has(inode)) paths.set(inode, path);
  }
  const digests = [...paths.keys()].map((inode) => Buffer.from(contentDigest(own, inode), 'hex'));
  return { tree: own, contents: { paths: [...paths.values()], digests: Buffer.concat(digests) } };
}

const changed = (...edits: readonly Edit[]): readonly [number, number] => {
  const { contentBytes, metadataBytes } = changesBetween(
    sideOf(tree),
    sideOf(applyEdits(tree, edits)),
  );
  return [contentBytes, metadataBytes];
};

test('what changed in meaning is counted once, content and metadata apart', () => {
  assert.equal(changed(), [0, 0]);
  assert.equal(changed({ flip: { path: 'dir/large', at: 150_000 } }), [1, 0]);
  for (const at of [0, 70_000, 200_000]) {
    assert.equal(changed({ insert: { path: 'dir/large', at, length: 64, seed: 3 } }), [64, 0]);
  }
  const [replaced] = changed({ replace: { path: 'dir/large', at: 9, length: 4096, seed: 3 } });
  assert.ok(replaced > 4080 && replaced <= 4096, `${replaced}`);
  assert.equal(changed({ chmod: { path: 'dir/same', mode: '600' } }), [0, 2]);
  assert.equal(changed({ chmod: { path: 'dir', mode: '700', recursive: true } }), [0, 3 * 2]);
  assert.equal(changed({ chown: { path: 'dir/large', uid: 1, gid: 0 } }), [0, 4]);
  assert.equal(changed({ touch: '2026-01-01T00:00:00Z' }), [0, 6 * 8]);
});

test('names count by their length, whatever lies below; a new entry with its fields', () => {
  assert.equal(changed({ rename: { from: 'dir', to: 'folder' } }), [0, 3 + 6]);
  assert.equal(changed({ rename: { from: 'dir/large', to: 'other/l' } }), [0, 5 + 1]);
  assert.equal(changed({ remove: 'dir' }), [0, 3]);
  assert.equal(changed({ remove: 'dir/same' }), [0, 4]);
  const fields = 1 + 2 + 4 + 4 + 8;
  assert.equal(changed({ add: { path: 'dir/new', length: 500, seed: 1 } }), [500, 3 + fields]);
  // Moved and changed, it is new.
  assert.equal(
    changed({ rename: { from: 'dir', to: 'x' } }, { chmod: { path: 'x/large', mode: '600' } }),
    [0, 3 + 1 + fields + 5 + fields + 4 + 8],
  );
});

test('content that was there under another name is not new', () => {
  assert.equal(
    changed({ remove: 'other/copy' }, { append: { path: 'dir/same', text: '!' } }),
    [1, 4],
  );
  assert.equal(
    changed(
      { append: { path: 'dir/same', text: '!' } },
      { append: { path: 'other/copy', text: '!' } },
    ),
    [1, 0],
  );
});

test('a factor of nothing changed is left out', () => {
  const told = (contentBytes: number, metadataBytes: number): readonly unknown[] =>
    avalancheMeasures('b', { contentBytes, metadataBytes }, { contentBytes: 30, metadataBytes: 10 })
      .filter(({ client }) => client === 'previous')
      .map(({ measure, value }) => [measure, value]);
  assert.equal(told(2, 8), [
    ['avalanche.factor', 4],
    ['avalanche.content_factor', 15],
    ['avalanche.metadata_factor', 1.25],
  ]);
  assert.equal(told(0, 8), [
    ['avalanche.factor', 5],
    ['avalanche.metadata_factor', 1.25],
  ]);
  assert.equal(told(0, 0), []);
});

test.run();
