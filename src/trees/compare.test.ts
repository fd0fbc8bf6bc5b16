import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { richTree, type Sketch, sketchTree } from '../testing/trees.ts';
import { differences } from './compare.ts';
import { EVERYTHING, type Fidelity } from './fidelity.ts';
import type { Tree } from './tree.ts';
import { writeTree } from './write.ts';

const file: Sketch = { content: 'content', mtime: 1_500_000_001n };
const base = { a: file, b: { link: 'a' }, l: { type: 'symlink', target: 'a' } as Sketch };
const count = (other: Tree, fidelity: Partial<Fidelity> = {}): number =>
  differences(sketchTree(base), other, { ...EVERYTHING, ...fidelity }).length;

test('a tree is itself', () => {
  assert.equal(differences(richTree(), richTree(), EVERYTHING), []);
});

test('every single change is found, once', () => {
  const changes: Readonly<Record<string, Sketch>> = {
    content: { content: 'contenT' },
    size: { content: 'content!' },
    mode: { mode: 0o600 },
    uid: { uid: 1 },
    gid: { gid: 1 },
    mtime: { mtime: 1_500_000_002n },
    'user name': { userName: 'u' },
    'group name': { groupName: 'g' },
    attributes: { xattrs: { 'user.x': Uint8Array.of(0) } },
    type: { type: 'fifo' },
  };
  for (const [what, change] of Object.entries(changes)) {
    const other = sketchTree({ a: { ...file, ...change }, l: base.l });
    const original = sketchTree({ a: file, l: base.l });
    assert.is(differences(original, other, EVERYTHING).length, 1, what);
  }
  assert.is(count(sketchTree({ ...base, l: { type: 'symlink', target: 'b' } })), 1);
});

test('the mode of a symlink is none that counts, in a tree; that of all else is', () => {
  const l: Sketch = { type: 'symlink', target: 'a', mode: 0o644 };
  assert.is(count(sketchTree({ ...base, l })), 0);
  assert.is(count(sketchTree({ ...base, l: { ...l, uid: 1 } })), 1);
  // Of both names of the file.
  assert.is(count(sketchTree({ ...base, a: { ...file, mode: 0o777 } })), 2);
});

test('missing, added and unlinked paths are found', () => {
  assert.is(count(sketchTree({ a: file, b: { link: 'a' } })), 1);
  assert.is(count(sketchTree({ ...base, z: {} })), 1);
  assert.is(count(sketchTree({ ...base, b: file })), 1);
  assert.is(count(sketchTree({ ...base, b: file }), { hardlinks: false }), 0);
});

test('a path that was restored twice is found', () => {
  const tree = sketchTree(base);
  const twice = { ...tree, entries: [...tree.entries, tree.entries[1]!] };
  assert.match(String(differences(tree, twice, EVERYTHING)), /1 paths are there twice/);
});

test('what the fidelity does not promise does not count', () => {
  const other = { ...file, mtime: 1_000_000_000n };
  assert.is(count(sketchTree({ ...base, a: other }), { mtime: 'seconds' }), 0);
  assert.is(count(sketchTree({ ...base, a: { ...file, mtime: 0n } }), { mtime: 'none' }), 0);
  assert.is(count(sketchTree({ ...base, a: { ...file, mtime: 0n } }), { mtime: 'seconds' }), 2);
});

test('the number of differences is bounded', () => {
  const many = Object.fromEntries(
    Array.from({ length: 50 }, (_, n) => [`f${String(n).padStart(2, '0')}`, {}]),
  );
  assert.is(differences(sketchTree(many), sketchTree({}), EVERYTHING, 3).length, 3);
});

test('a hostile tree is never written outside its directory', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ocibench-write-'));
  try {
    for (const path of ['../x', 'a/../../x', '/x', 'a//b', './x']) {
      assert.throws(
        () => writeTree(sketchTree({ [path]: {} }), join(directory, 'out')),
        /unsafe path/,
      );
    }
    writeTree(sketchTree({ a: {} }), join(directory, 'used'));
    assert.throws(() => writeTree(sketchTree({ a: {} }), join(directory, 'used')), /not empty/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test.run();
