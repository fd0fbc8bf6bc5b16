import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareNatural } from './natural.ts';

test('numbers in names count as numbers', () => {
  const sorted = [
    '1.9',
    '1.10',
    'a',
    'a1',
    'a01b',
    'a2',
    'a10',
    'a18446744073709551616',
    'a18446744073709551617',
    'b',
    't2.tar',
    't10.tar',
  ];
  assert.equal(sorted.toReversed().sort(compareNatural), sorted);
  assert.is(compareNatural('a', 'a'), 0);
});

test('the order is total: it never depends on how names lay before', () => {
  const name = fc.stringMatching(/^[a-b0-2.]{0,6}$/);
  fc.assert(
    fc.property(name, name, name, (a, b, c) => {
      assert.is(Math.sign(compareNatural(a, b)), -Math.sign(compareNatural(b, a)));
      assert.is(compareNatural(a, b) === 0, a === b);
      if (compareNatural(a, b) <= 0 && compareNatural(b, c) <= 0) {
        assert.ok(compareNatural(a, c) <= 0);
      }
    }),
  );
});

test.run();
