import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Image } from '../images/image.ts';
import { sketchTree } from '../testing/trees.ts';
import { takeContents } from './contents.ts';
import { type FileTable, filesOf, kindOf, sharedFiles, stepMeasures } from './steps.ts';

type Sketch = Parameters<typeof sketchTree>[0];

async function tableOf(sketch: Sketch): Promise<FileTable> {
  const image = { descriptor: { id: 'a' }, layers: [], tree: sketchTree(sketch) };
  return filesOf(await takeContents(image as unknown as Image));
}

const [long, short, other] = ['l'.repeat(60), 's'.repeat(40), 'o'.repeat(20)] as const;

test('bytes in both over bytes in either, each content once and whole', async () => {
  const one = await tableOf({ a: { content: long }, b: { content: short } });
  // The same contents under other names, one of them twice; a file that grew shares nothing.
  const two = await tableOf({
    c: { content: long },
    d: { content: long },
    e: { content: `${short}!` },
  });
  assert.equal(sharedFiles(one, two), { shared: 60, either: 60 + 40 + 41 });
  assert.equal(sharedFiles(two, one), sharedFiles(one, two));
  assert.equal(sharedFiles(one, one), { shared: 100, either: 100 });
  // It is bytes that count, not files: one of three is shared in each case.
  const three = await tableOf({ a: { content: short }, f: { content: other } });
  assert.equal(sharedFiles(one, three), { shared: 40, either: 120 });
});

test('half of the bytes make an update, a byte less a release', () => {
  assert.is(kindOf({ shared: 50, either: 100 }), 'update');
  assert.is(kindOf({ shared: 49, either: 100 }), 'release');
  assert.is(kindOf({ shared: 50, either: 101 }), 'release');
  assert.is(kindOf({ shared: 0, either: 1 }), 'release');
  assert.is(kindOf({ shared: 7, either: 7 }), 'update');
  assert.is(kindOf({ shared: 0, either: 0 }), undefined);
});

test('a declared kind wins, and the share is told all the same', () => {
  const told = (...words: Parameters<typeof stepMeasures>): readonly unknown[] =>
    stepMeasures(...words).map(({ image, client, measure, value }) => [
      image,
      client,
      measure,
      value,
    ]);
  assert.equal(told('b', { shared: 2, either: 3 }, undefined), [
    ['b', '-', 'step.kind', 'update'],
    ['b', '-', 'step.shared_share', 0.666667],
  ]);
  assert.equal(told('b', { shared: 1, either: 3 }, 'rebuild'), [
    ['b', '-', 'step.kind', 'rebuild'],
    ['b', '-', 'step.shared_share', 0.333333],
  ]);
  assert.equal(told('b', { shared: 0, either: 0 }, undefined), []);
  assert.equal(told('b', { shared: 0, either: 0 }, 'edit'), [['b', '-', 'step.kind', 'edit']]);
});

test.run();
