import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fit, wrap } from './labels.ts';
import { type Box, squarify, stack } from './layout.ts';

const close = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);

const area = ({ x0, x1, y0, y1 }: Box): number => (x1 - x0) * (y1 - y0);

test('13 the example of the paper on squarified treemaps: 6, 6, 4, 3, 2, 2, 1 in 6 × 4', () => {
  const boxes = squarify([6, 6, 4, 3, 2, 2, 1], { x0: 0, y0: 0, x1: 6, y1: 4 });
  // Figure 5: two of 6 beside each other, 4 and 3 in a row, then 2, 2 and 1.
  const expected = [
    [0, 0, 3, 2],
    [0, 2, 3, 4],
    [3, 0, 3 + 12 / 7, 7 / 3],
    [3 + 12 / 7, 0, 6, 7 / 3],
    [3, 7 / 3, 4.2, 4],
    [4.2, 7 / 3, 5.4, 4],
    [5.4, 7 / 3, 6, 4],
  ] as const;
  for (const [index, [x0, y0, x1, y1]] of expected.entries()) {
    const box = boxes[index]!;
    close(box.x0, x0);
    close(box.y0, y0);
    close(box.x1, x1);
    close(box.y1, y1);
  }
});

test('13 boxes fill the room in proportion to any weights, and none lies upon another', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 2 ** 40 }), { minLength: 1, maxLength: 40 });
  const length = fc.integer({ min: 1, max: 2000 });
  fc.assert(
    fc.property(weights, length, length, (unsorted, width, height) => {
      const sorted = unsorted.toSorted((a, b) => b - a);
      const boxes = squarify(sorted, { x0: 0, y0: 0, x1: width, y1: height });
      const all = sorted.reduce((sum, one) => sum + one, 0);
      assert.is(boxes.length, sorted.length);
      for (const [index, box] of boxes.entries()) {
        const share = area(box) / (width * height);
        assert.ok(Math.abs(share - sorted[index]! / all) < 1e-6);
        assert.ok(box.x0 >= -1e-6 && box.y0 >= -1e-6);
        assert.ok(box.x1 <= width + 1e-6 && box.y1 <= height + 1e-6);
        for (const other of boxes.slice(0, index)) {
          const overlap = {
            x0: Math.max(box.x0, other.x0),
            x1: Math.min(box.x1, other.x1),
            y0: Math.max(box.y0, other.y0),
            y1: Math.min(box.y1, other.y1),
          };
          const isApart = overlap.x1 - overlap.x0 < 1e-6 || overlap.y1 - overlap.y0 < 1e-6;
          assert.ok(isApart, `${index}`);
        }
      }
    }),
  );
});

test('13 nothing and no room give no boxes of their own', () => {
  assert.equal(squarify([], { x0: 0, y0: 0, x1: 1, y1: 1 }), []);
  const flat = { x0: 0, y0: 5, x1: 9, y1: 5 };
  assert.equal(squarify([2, 1], flat), [flat, flat]);
  assert.equal(stack([1, 3], 10, 18), [10, 12, 18]);
  assert.equal(stack([], 10, 18), [10]);
});

test('13 a text is cut to its room, between characters, or left out', () => {
  assert.is(fit('libc.so.6', 200), 'libc.so.6');
  assert.match(fit('libc.so.6', 45), /^libc?\.?…$/);
  assert.is(fit('libc.so.6', 10), '');
  // A character of two units is not halved.
  assert.not.match(fit('😀😀😀😀😀😀', 50), /[\ud800-\udbff](?![\udc00-\udfff])/);
  assert.equal(wrap('one two three', 7), ['one two', 'three']);
  assert.equal(wrap('unbreakable', 4), ['unbreakable']);
});

test.run();
