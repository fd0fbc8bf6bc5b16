import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Image } from '../images/image.ts';
import type { ByteSource } from '../streams/source.ts';
import { MemorySource, readAll } from '../streams/source.ts';
import { imageOfTars } from '../testing/images.ts';
import { lackOfTime, unless } from '../testing/needs.ts';
import { ownedTree, richTree, type Sketch, sketchTree } from '../testing/trees.ts';
import { differences } from '../trees/compare.ts';
import { disorder } from '../trees/disorder.ts';
import { applyLayers } from '../trees/layers.ts';
import { HOLE, type Tree } from '../trees/tree.ts';
import { flatRoot, metadataOf, restorable } from './alone.ts';
import { createSerialiser, serialiserMembers } from './mod.ts';
import { ORDERS } from './order.ts';
import type { Metadata, RootedSerialiser, Serialised, Serialiser } from './serialiser.ts';
import { treeToTar } from './tar.ts';

const imageOf = (tree: Tree): Image => imageOfTars(readAll(treeToTar(tree)));

function digestOf(serialised: Serialised): string {
  const hash = createHash('sha256');
  for (const { bytes } of serialised.streams) hash.update(readAll(bytes));
  const { root = new Uint8Array(0), objects = [] } = metadataOf(serialised) ?? {};
  for (const { bytes } of objects) hash.update(bytes);
  return hash.update(root).digest('hex');
}

function restore(
  serialiser: Serialiser,
  streams: readonly ByteSource[],
  metadata: Metadata | undefined,
): Tree {
  return serialiser.restore(streams, flatRoot(serialiser, metadata));
}

const serialisers: readonly Serialiser[] = [
  ...serialiserMembers.map(({ name }) => name),
  'packages:layers=2',
  'packages:layers=3',
  ...ORDERS.map((order) => `stream:order=${order}`),
].map(createSerialiser);

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

for (const serialiser of serialisers) {
  const name = serialiser.id;
  for (const [what, tree] of Object.entries(trees)) {
    test(`${name} restores ${what} within its fidelity`, () => {
      const image = imageOf(tree);
      const serialised = serialiser.serialise(image);
      const streams = restorable(serialised).map((bytes) => new MemorySource(bytes));
      const metadata = metadataOf(serialised);
      const restored = restore(serialiser, streams, metadata);
      assert.equal(differences(image.tree, restored, serialiser.fidelity).map(String), []);
      const root = flatRoot(serialiser, metadata);
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
    const image = imageOf(ownedTree());
    const digest = digestOf(serialiser.serialise(image));
    for (const seed of [1, 2, 3])
      assert.is(
        digestOf(serialiser.serialise({ ...image, tree: disorder(image.tree, seed) })),
        digest,
      );
  });

  test(`${name} refuses bytes that are cut or damaged`, () => {
    const serialised = serialiser.serialise(imageOf(richTree()));
    const metadata = metadataOf(serialised);
    const streams = restorable(serialised);
    const broken = metadata
      ? () => restore(serialiser, [], { ...metadata, root: metadata.root.slice(0, -3) })
      : () =>
          serialiser.restore(
            streams.map((bytes) => new MemorySource(bytes.slice(0, bytes.length / 2))),
            undefined,
          );
    assert.throws(broken, (error: Error) => error.name === 'InputError');
  });
}

for (const serialiser of serialisers.filter(({ id }) => !id.startsWith('layer'))) {
  const name = serialiser.id;
  test(`${name} writes holes as zeros`, () => {
    const image = { ...imageOf(sketchTree({})), tree: sparseTree() };
    const serialised = serialiser.serialise(image);
    const streams = restorable(serialised).map((bytes) => new MemorySource(bytes));
    const restored = restore(serialiser, streams, metadataOf(serialised));
    assert.equal(differences(image.tree, restored, serialiser.fidelity).map(String), []);
    assert.is(serialiser.fidelity.sparse, false);
  });

  unless(test, lackOfTime())(
    `${name} meets every single damaged byte with an InputError or a tree`,
    () => {
      const serialised = serialiser.serialise(imageOf(richTree()));
      const metadata = metadataOf(serialised);
      const streams = restorable(serialised);
      for (const damaged of metadata ? damagedMetadata(metadata) : [undefined]) {
        for (let offset = 0; offset < Math.min(streams[0]!.length, metadata ? 1 : 4000); offset++) {
          const copy = streams[0]!.slice();
          if (!metadata) copy[offset] = copy[offset]! ^ 0xff;
          const sources = [copy, ...streams.slice(1)].map((bytes) => new MemorySource(bytes));
          try {
            restore(serialiser, sources, damaged);
          } catch (error) {
            assert.is((error as Error).name, 'InputError', `byte ${offset}: ${error}`);
          }
        }
      }
    },
  );
}

/** The metadata with one byte of it changed, for each of its first bytes. */
function* damagedMetadata(metadata: Metadata): Generator<Metadata> {
  const { root, objects = [] } = metadata;
  for (const damaged of damagedBytes(root)) yield { ...metadata, root: damaged };
  for (const [number, object] of objects.entries()) {
    // Its digest would tell; whoever made a hostile store gave it the right one.
    for (const bytes of damagedBytes(object.bytes)) {
      const digest = createHash('sha256').update(object.bytes).digest('binary');
      const changed = createHash('sha256').update(bytes).digest('binary');
      const text = Buffer.from(root)
        .toString('latin1')
        .replace(digest, () => changed);
      const rest = objects.with(number, { ...object, bytes });
      yield { ...metadata, root: Uint8Array.from(Buffer.from(text, 'latin1')), objects: rest };
    }
  }
}

function* damagedBytes(bytes: Uint8Array): Generator<Uint8Array> {
  for (let offset = 0; offset < Math.min(bytes.length, 4000); offset++) {
    const copy = bytes.slice();
    copy[offset] = copy[offset]! ^ 0xff;
    yield copy;
  }
}

test('the canonical tar is a fixpoint of reading and writing', () => {
  const bytes = readAll(treeToTar(richTree()));
  assert.equal(readAll(treeToTar(applyLayers([new MemorySource(bytes)]))), bytes);
});

test.run();
