import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fillPacks } from './packs.ts';

/** Pack of each object, and size of each pack, where a pack has ten bytes and four objects at most. */
const fill = (...lengths: readonly number[]): readonly (readonly number[])[] => {
  const { layers, sizes } = fillPacks(Float64Array.from(lengths), { bytes: 10, objects: 4 });
  return [[...layers], [...sizes]];
};

test('a pack is filled to its last byte, and not one further', () => {
  assert.equal(fill(6, 3, 1), [[0, 0, 0], [10]]);
  assert.equal(fill(6, 4, 1), [
    [0, 0, 1],
    [10, 1],
  ]);
  assert.equal(fill(6, 5, 1), [
    [0, 1, 1],
    [6, 6],
  ]);
});

test('an object as long as a pack, or longer, has one to itself', () => {
  for (const length of [10, 11, 25]) {
    assert.equal(fill(1, length, 1), [
      [0, 1, 2],
      [1, length, 1],
    ]);
  }
  assert.equal(fill(9, 1, 9), [
    [0, 0, 1],
    [10, 9],
  ]);
});

test('a pack has as many objects as it may, empty ones too, and not one more', () => {
  assert.equal(fill(1, 1, 1, 1), [[0, 0, 0, 0], [4]]);
  assert.equal(fill(1, 1, 1, 1, 1), [
    [0, 0, 0, 0, 1],
    [4, 1],
  ]);
  assert.equal(fill(0, 10, 0, 0, 0), [
    [0, 0, 0, 0, 1],
    [10, 0],
  ]);
});

test.run();
