import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Image } from '../images/image.ts';
import { MemorySource, readAll } from '../streams/source.ts';
import { richTree, type Sketch, sketchTree } from '../testing/trees.ts';
import { differences } from '../trees/compare.ts';
import { disorder } from '../trees/disorder.ts';
import { applyLayers } from '../trees/layers.ts';
import { HOLE, type Tree } from '../trees/tree.ts';
import { serialiserMembers } from './mod.ts';
import type { RootedSerialiser, Serialised, StreamReference } from './serialiser.ts';
import { treeToTar } from './tar.ts';

/** Attributes of file capabilities and of users are what every format here keeps. */
function imageOf(tree: Tree): Image {
  const tar = Object.assign(new MemorySource(readAll(treeToTar(tree))), { path: '' });
  const descriptor = { id: 'test', digest: '', layers: [], config: '{}' };
  return { descriptor, layers: [{ diffId: '', tar }], tree: applyLayers([tar]) };
}

/** Every stream as one chunk. */
function references({ streams }: Serialised): readonly StreamReference[] {
  return streams.map(({ bytes }) => {
    const digest = createHash('sha256').update(readAll(bytes)).digest();
    return { length: bytes.length, chunks: [{ digest, length: bytes.length }] };
  });
}

function digestOf(serialised: Serialised): string {
  const hash = createHash('sha256');
  for (const { bytes } of serialised.streams) hash.update(readAll(bytes));
  const root = serialised.root?.(references(serialised));
  return hash.update(root ?? new Uint8Array(0)).digest('hex');
}

/** A path of 60 directories, longer than any field of a tar header. */
function deepTree(): Tree {
  const sketches: Record<string, Sketch> = {};
  let path = '';
  for (let depth = 0; depth < 60; depth++) {
    path = path === '' ? 'directory0' : `${path}/directory${depth}`;
    sketches[path] = { type: 'directory' };
  }
  return sketchTree({ ...sketches, [`${path}/file`]: { content: 'deep' } });
}

/** A file of a hole, ten bytes and a hole. */
function sparseTree(): Tree {
  const tree = sketchTree({ sparse: { content: '0123456789' } });
  const entries = tree.entries.map(({ path, inode }) => {
    if (inode.type !== 'file') return { path, inode };
    const segments = [
      { source: HOLE, offset: 0, length: 70_000 },
      ...inode.segments,
      { source: HOLE, offset: 0, length: 4096 },
    ];
    return { path, inode: { ...inode, segments, size: 74_106 } };
  });
  return { ...tree, entries };
}

const trees: Readonly<Record<string, Tree>> = {
  'everything a format may lose': richTree(),
  'an empty tree': sketchTree({}),
  'deep directories': deepTree(),
  'one empty file': sketchTree({ a: {} }),
  'nested empty directories': sketchTree({
    a: { type: 'directory' },
    'a/b': { type: 'directory' },
  }),
};

for (const { name, serialiser } of serialiserMembers) {
  for (const [what, tree] of Object.entries(trees)) {
    test(`${name} restores ${what} within its fidelity`, () => {
      const image = imageOf(tree);
      const serialised = serialiser.serialise(image);
      const streams = serialised.streams.map(({ bytes }) => new MemorySource(readAll(bytes)));
      const root = serialised.root?.(references(serialised));
      const restored = serialiser.restore(streams, root);
      assert.equal(differences(image.tree, restored, serialiser.fidelity).map(String), []);
      if (root) {
        const read = (serialiser as RootedSerialiser).readReferences(root);
        assert.equal(
          read.map(({ length }) => length),
          streams.map(({ length }) => length),
        );
      }
    });
  }

  test(`${name} gives the same bytes for the same tree in any order`, () => {
    const image = imageOf(richTree());
    const digest = digestOf(serialiser.serialise(image));
    for (const seed of [1, 2, 3])
      assert.is(
        digestOf(serialiser.serialise({ ...image, tree: disorder(image.tree, seed) })),
        digest,
      );
  });

  test(`${name} refuses bytes that are cut or damaged`, () => {
    const image = imageOf(richTree());
    const serialised = serialiser.serialise(image);
    const root = serialised.root?.(references(serialised));
    const streams = serialised.streams.map(({ bytes }) => readAll(bytes));
    const broken = root
      ? () => serialiser.restore([], root.slice(0, -3))
      : () =>
          serialiser.restore(
            streams.map((bytes) => new MemorySource(bytes.slice(0, bytes.length / 2))),
            undefined,
          );
    assert.throws(broken, (error: Error) => error.name === 'InputError');
  });
}

for (const { name, serialiser } of serialiserMembers.filter(({ name }) => name !== 'layers')) {
  test(`${name} writes holes as zeros`, () => {
    const image = { ...imageOf(sketchTree({})), tree: sparseTree() };
    const serialised = serialiser.serialise(image);
    const streams = serialised.streams.map(({ bytes }) => new MemorySource(readAll(bytes)));
    const restored = serialiser.restore(streams, serialised.root?.(references(serialised)));
    assert.equal(differences(image.tree, restored, serialiser.fidelity).map(String), []);
    assert.is(serialiser.fidelity.sparse, false);
  });

  test(`${name} meets every single damaged byte with an InputError or a tree`, () => {
    const serialised = serialiser.serialise(imageOf(richTree()));
    const root = serialised.root?.(references(serialised));
    const streams = serialised.streams.map(({ bytes }) => readAll(bytes));
    const damaged = root ?? streams[0]!;
    for (let offset = 0; offset < Math.min(damaged.length, 4000); offset++) {
      const copy = damaged.slice();
      copy[offset] = copy[offset]! ^ 0xff;
      const sources = (root ? streams : [copy]).map((bytes) => new MemorySource(bytes));
      try {
        serialiser.restore(sources, root && copy);
      } catch (error) {
        assert.is((error as Error).name, 'InputError', `byte ${offset}: ${error}`);
      }
    }
  });
}

test('the canonical tar is a fixpoint of reading and writing', () => {
  const bytes = readAll(treeToTar(richTree()));
  assert.equal(readAll(treeToTar(applyLayers([new MemorySource(bytes)]))), bytes);
});

test.run();
