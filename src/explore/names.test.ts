import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Mark, namedMarks } from './names.ts';

const scale = { type: 'log', domain: [1, 100] };
const at = (name: string, x: number, y: number, front = false): Mark => ({ name, x, y, front });

test('a name that would touch another is below its mark, or left out: those on the front come first', () => {
  const [beside, first, second, far, chain] = [
    at('beside', 10, 10),
    at('first', 10, 10, true),
    at('second', 10.1, 10),
    at('far', 50, 50),
    at('', 2, 2),
  ];
  const marks = [beside, first, second, far, chain];
  const named = namedMarks(marks, scale, scale);
  assert.equal(
    marks.map((mark) => named.get(mark)),
    ['below', 'above', undefined, 'above', undefined],
  );
  const apart = namedMarks([at('one', 10, 10), at('other', 10, 9.5)], scale, scale);
  assert.equal([...apart.values()], ['above', 'below']);
});

test('no name lies over a large mark, or below the axis', () => {
  const name = at('name', 10, 10);
  // 10 pixels above it.
  const over = at('', 10, 10 * 100 ** (10 / 340), true);
  assert.is(namedMarks([name, over], scale, scale).get(name), 'below');
  const low = at('low', 10, 1);
  const above = at('', 10, 100 ** (10 / 340), true);
  assert.is(namedMarks([low, above], scale, scale).get(low), undefined);
  assert.is(namedMarks([at('zero', 0, 0)], {}, {}).size, 1);
});

test.run();
