import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { paretoFrontOf } from './front.ts';
import { seeded } from './random.ts';

test('the front of three measures is what comparing all pairs finds', () => {
  const random = seeded(3);
  for (let round = 0; round < 40; round++) {
    // Few values, so that there are ties and equal points.
    const points = Array.from({ length: 80 }, () => [0, 1, 2].map(() => Math.floor(random() * 8)));
    const wanted = points.flatMap((point, number) => {
      const isBeaten = points.some(
        (other) =>
          other.every((value, index) => value <= point[index]!) &&
          other.some((value, index) => value < point[index]!),
      );
      return isBeaten ? [] : [number];
    });
    assert.equal(paretoFrontOf(points), wanted);
  }
});

test('nothing has no front; equal points are on it together', () => {
  assert.equal(paretoFrontOf([]), []);
  const points = [
    [1, 2],
    [1, 2],
    [2, 2],
  ];
  assert.equal(paretoFrontOf(points), [0, 1]);
});

test.run();
