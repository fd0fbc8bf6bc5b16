import * as assert from 'uvu/assert';
import { treeToTar } from '../../serialisers/tar.ts';
import { MemorySource, readAll } from '../../streams/source.ts';
import { differences } from '../../trees/compare.ts';
import { EVERYTHING } from '../../trees/fidelity.ts';
import { applyLayers } from '../../trees/layers.ts';
import { comparePaths, HOLE, type Tree } from '../../trees/tree.ts';

/** What holds of every tree, whatever the layers were. */

/** Larger files are not read: a hole of a terabyte is legal. Bytes. */
const READ = 1 << 20;

/** Layers → tree; throws what reading throws, or an AssertionError where the tree is not one. */
export function checkedTree(layers: readonly Uint8Array[]): void {
  const tree = applyLayers(layers.map((layer) => new MemorySource(layer)));
  checkTree(tree);
  // Such names cannot be in a layer again: they would delete.
  if (tree.entries.some(({ path }) => /(^|\/)\.wh\./.test(path))) return;
  const bytes = tree.entries.reduce((sum, { inode }) => sum + inode.size, 0);
  if (bytes > READ) return;
  const again = applyLayers([new MemorySource(readAll(treeToTar(tree)))]);
  const kept = { ...EVERYTHING, sparse: false };
  const lost = differences(tree, again, kept).join('; ');
  assert.ok(lost === '', `written and read again: ${lost}`);
}

/** Throws an AssertionError where paths or contents are none of a tree. */
export function checkTree(tree: Tree): void {
  checkPaths(tree);
  checkSegments(tree);
}

function checkPaths({ entries }: Tree): void {
  const types = new Map<string, string>();
  let before: string | undefined;
  for (const { path, inode } of entries) {
    if (before === undefined) assert.is(path, '', 'the root comes first');
    else {
      assert.ok(comparePaths(before, path) < 0, `${before} before ${path}`);
      const parts = path.split('/');
      assert.ok(
        parts.every((part) => part !== '' && part !== '.' && part !== '..'),
        path,
      );
      assert.is(types.get(parts.slice(0, -1).join('/')), 'directory', `parent of ${path}`);
    }
    types.set(path, inode.type);
    before = path;
  }
}

function checkSegments({ entries, sources }: Tree): void {
  for (const { path, inode } of entries) {
    let length = 0;
    for (const segment of inode.segments) {
      assert.ok(segment.length > 0, `${path}: an empty segment`);
      length += segment.length;
      if (segment.source === HOLE) continue;
      const source = sources[segment.source]!;
      assert.ok(segment.offset + segment.length <= source.length, `${path}: past the end`);
    }
    assert.is(length, inode.size, `${path}: size`);
    if (inode.type !== 'file') assert.is(inode.size, 0, path);
  }
}
