import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { spread } from './spread.ts';

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

test('13 the largest remainders get what is left, the earlier of equal ones first', () => {
  assert.equal(spread(10, [1, 1, 1]), [4, 3, 3]);
  // 7 × 5 ÷ 8 = 4.375, 7 × 2 ÷ 8 = 1.75, 7 ÷ 8 = 0.875
  assert.equal(spread(7, [5, 2, 1]), [4, 2, 1]);
  assert.equal(spread(0, [3, 4]), [0, 0]);
  assert.equal(spread(5, [0, 2]), [0, 5]);
});

test('13 parts sum to the total and are within one byte of their share, beyond 2 ** 53 too', () => {
  const weight = fc.integer({ min: 0, max: 2 ** 40 });
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 40 }),
      fc.array(weight, { minLength: 1, maxLength: 50 }).filter((weights) => sum(weights) > 0),
      (total, weights) => {
        const parts = spread(total, weights);
        assert.is(sum(parts), total);
        const all = BigInt(sum(weights));
        for (const [index, part] of parts.entries()) {
          const exact = BigInt(total) * BigInt(weights[index]!);
          const off = BigInt(part) * all - exact;
          assert.ok(off > -all && off < all, `${part} of ${total}`);
        }
      },
    ),
  );
});

test('13 bytes without anything to be divided by are an error, not lost', () => {
  assert.throws(() => spread(1, [0, 0]), /nothing to be divided by/);
});

test.run();
