import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Image } from '../images/image.ts';
import { MemorySource, readAll } from '../streams/source.ts';
import { imageOfTars } from '../testing/images.ts';
import { ownedTree, sketchTree } from '../testing/trees.ts';
import { applyLayers } from '../trees/layers.ts';
import type { Tree } from '../trees/tree.ts';
import { createSerialiser } from './mod.ts';
import { ORDERS } from './order.ts';
import { treeToTar } from './tar.ts';

const imageOf = (tree: Tree): Image => imageOfTars(readAll(treeToTar(tree)));

const contents = (image: Image, order: string): string =>
  createSerialiser(`stream:order=${order}`)
    .serialise(image)
    .streams.map(({ bytes }) => Buffer.from(readAll(bytes)).toString())
    .join();

test('the package order and the split by package follow the database of dpkg', () => {
  const image = imageOf(ownedTree());
  const pathsOf = (id: string): readonly string[] =>
    createSerialiser(id)
      .serialise(image)
      .streams.map(({ bytes }) =>
        applyLayers([new MemorySource(readAll(bytes))])
          .entries.filter(({ inode }) => inode.type === 'file')
          .map(({ path }) => path.slice(path.lastIndexOf('/') + 1))
          .join(' '),
      );
  assert.equal(pathsOf('packages:layers=64'), [
    'own.conf',
    'b beta.list beta.md5sums',
    'a a.link alpha.list',
    'c.sh gamma:amd64.list',
  ]);
  assert.equal(pathsOf('packages:layers=2').length, 2);
  const [stream] = createSerialiser('stream:order=package').serialise(image).streams;
  const text = Buffer.from(readAll(stream!.bytes)).toString('latin1');
  const positions = ['alpha', 'beta is', 'gamma', 'nobody'].map((one) => text.indexOf(one));
  assert.equal(
    positions,
    positions.toSorted((a, b) => a - b),
  );
});

test('orders are those they say', () => {
  const image = imageOf(
    sketchTree({
      a: { type: 'directory' },
      'a/deep.x': { content: '1' },
      'b.y': { content: '2' },
      'c.x': { content: '3' },
      d: { content: '4' },
    }),
  );
  assert.equal(
    ORDERS.map((order) => contents(image, order)),
    ['1234', '2341', '1234', '4132'],
  );
});

test('the dot of a hidden file begins a name; a later dot, even the last letter, begins an extension', () => {
  const image = imageOf(
    sketchTree({
      '.b': { content: '1' },
      '.c.a': { content: '2' },
      'a.b': { content: '3' },
      'd.': { content: '4' },
      e: { type: 'directory' },
      'e/.a': { content: '5' },
      'e.a': { type: 'directory' },
      'e.a/f': { content: '6' },
      z: { content: '7' },
    }),
  );
  // Without an extension: .b, d., e/.a, e.a/f, z. Then a: .c.a. Then b: a.b.
  assert.is(contents(image, 'extension'), '1456723');
});

test.run();
