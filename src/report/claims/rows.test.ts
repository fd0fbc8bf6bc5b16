import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { distanceOf, sideOf } from '../../verdicts/case.ts';
import { claimRows } from './rows.ts';
import type { ToldClaim, ToldVerdict } from './told.ts';

const bar = { unit: 'ratio', side: 'at most', value: 1.05, resolution: 0.02 } as const;
const request = { name: 'request', title: 'the cost of a request', print: String } as const;
const claim: ToldClaim = {
  id: 'C99',
  name: 'made up',
  statement: 'A size is best.',
  said: [],
  axes: [request],
  bar,
  compared: '',
  reason: '',
  models: [],
  command: '',
};

function verdict(
  cases: readonly (readonly [at: number | string, value: number, step?: string])[],
  dataset = 'made',
): ToldVerdict {
  return {
    dataset,
    kind: 'update',
    verdict: 'depends',
    text: 'depends on the cost of a request',
    on: ['request'],
    flipsAt: [],
    n: 3,
    cases: cases.map(([at, value, step = 't1']) => ({ step, parameters: { request: at }, value })),
  };
}

const labels = (verdicts: readonly ToldVerdict[], most?: number): readonly string[] =>
  claimRows(claim, verdicts, most)!.rows.map(({ label }) => label);

test('rows at the bar and the ends of a plateau are shown, however few are asked for', () => {
  // Met from 1 to 5 alone, and too close at 6: a table of every third row would say "never".
  const values = [3, 2, 2, 2, 2, 2, 1.2, 1, 1, 1, 1, 1, 1.05, 1.2, 2, 3, 4, 5, 6, 7];
  const shown = labels([verdict(values.map((value, at) => [at, value]))], 4);
  for (const at of [6, 7, 11, 12, 13]) assert.ok(shown.includes(String(at)), `${at} of ${shown}`);
  assert.ok(shown.length <= 12);
});

test('rows at which cases of some steps begin or cease to be met are shown', () => {
  const values = Array.from({ length: 20 }, (_, at) => [at, 2, 't1'] as const);
  const other = values.map(([at]) => [at, at === 9 ? 1 : 2, 't2'] as const);
  const shown = labels([
    verdict([...values, ...values.map(([at]) => [at, 2, 't3'] as const), ...other]),
  ]);
  assert.equal(
    ['8', '9', '10'].filter((at) => shown.includes(at)),
    ['8', '9', '10'],
  );
});

test('what has names keeps the nearest on the other side, however far it is', () => {
  const values = Array.from({ length: 20 }, (_, at) => [`name ${at}`, at === 19 ? 9 : 1] as const);
  const shown = labels([verdict(values)], 4);
  assert.is(shown.length, 4);
  assert.is(shown.at(-1), 'name 19');
});

const value = fc.double({ min: 0.9, max: 1.2, noNaN: true });

test('in each place the nearest of each side is shown, and all turns where they fit', () => {
  const place = fc.array(value, { minLength: 14, maxLength: 30 });
  fc.assert(
    fc.property(
      place,
      place,
      fc.integer({ min: 4, max: 12 }),
      fc.boolean(),
      (a, b, most, isNumber) => {
        const count = Math.min(a.length, b.length);
        const name = (at: number): number | string => (isNumber ? at : `n${at}`);
        const places = [a, b].map((all) => all.slice(0, count));
        const verdicts = places.map((all, index) =>
          verdict(
            all.map((one, at) => [name(at), one]),
            `d${index}`,
          ),
        );
        const shown = new Set(labels(verdicts, most));
        assert.ok(shown.size <= 12, String(shown.size));
        assert.ok(shown.size >= Math.min(most, count));
        const wanted = new Set<string>();
        for (const all of places) {
          for (const side of ['met', 'not met', 'close']) {
            const own = all
              .map((one, at) => ({ at, one: { value: one, bar } }))
              .filter(({ one }) => sideOf(one) === side)
              .toSorted((x, y) => Math.abs(distanceOf(x.one)!) - Math.abs(distanceOf(y.one)!));
            const [nearest] = own;
            if (nearest) assert.ok(shown.has(String(name(nearest.at))), `${side} ${nearest.at}`);
            if (nearest) wanted.add(String(name(nearest.at)));
          }
          for (let at = 1; isNumber && at < all.length; at++) {
            const [left, right] = [all[at - 1]!, all[at]!].map((one) =>
              sideOf({ value: one, bar }),
            );
            if (left !== right) wanted.add(String(name(at - 1))).add(String(name(at)));
          }
        }
        if (wanted.size <= 12) for (const label of wanted) assert.ok(shown.has(label), label);
      },
    ),
  );
});

test('along numbers that turn nowhere, rows are spread from end to end', () => {
  const values = Array.from({ length: 23 }, (_, at) => [at, 2 + at] as const);
  assert.equal(labels([verdict(values)], 4), ['0', '5', '11', '22']);
});

test.run();
