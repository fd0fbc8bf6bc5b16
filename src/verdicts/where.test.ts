import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { COUNT, FORMAT, grid, made, plain, REQUEST, unit } from '../testing/claim-cases.ts';
import { type ClaimBar, quotientBar } from './case.ts';
import { namesOf, STEP, severalOf } from './where.ts';

test('a flip is interpolated, in each step by itself', () => {
  const bar = quotientBar('at most', 1, 'ratio', 0.01);
  const cases = grid(
    'request',
    [0, 1, 2, 3],
    [
      [0.5, 0.75, 1.25, 1.5],
      [0.5, 0.9, 1.1, 1.5],
      [0.5, 0.7, 0.9, 1.3],
    ],
    bar,
  );
  const found = plain(cases, REQUEST);
  assert.equal(
    [found.word, found.text, found.where],
    [
      'depends',
      'depends on the cost of a request',
      'met below 1.5 ms (between 1 and 3 ms) in all 3 updates',
    ],
  );
  assert.equal(found.on, ['request']);
  assert.equal(
    found.flipsAt.map((at) => Number(at.toFixed(9))),
    [1.5, 1.5, 2.25],
  );
  assert.is(found.stability, 1);
});

test('a flip lies where a line through both sides crosses the bar, whichever side is met', () => {
  fc.assert(
    fc.property(unit, unit, fc.boolean(), (below, above, isMetAbove) => {
      const bar: ClaimBar = {
        unit: 'ratio',
        side: isMetAbove ? 'at least' : 'at most',
        value: 0,
        resolution: 0,
      };
      const steps = [1, 2, 3].map(() => [-below, above]);
      const found = plain(grid('request', [10, 20], steps, bar), REQUEST);
      assert.is(found.word, 'depends');
      for (const at of found.flipsAt) {
        assert.ok(Math.abs(at - (10 + (10 * below) / (below + above))) < 1e-9);
      }
      assert.ok(found.where!.startsWith(isMetAbove ? 'met above' : 'met below'));
    }),
  );
});

test('of counts the flip is the first that is met, over the steps of a series', () => {
  const cases = made([1.98, 2.5, 3], quotientBar('at least', 2), (place) => ({ k: place + 2 }));
  const [first] = made([1], quotientBar('at least', 2), () => ({ k: 1 }));
  const found = plain([{ ...first!, step: 't0' }, ...cases], COUNT);
  assert.equal([found.text, found.where], ['depends on the number', 'met from image 3 on']);
});

test('names tell sides apart before steps do', () => {
  const found = plain(
    grid(
      'format',
      ['tar', 'files'],
      [
        [1, 3],
        [1.2, 4],
        [1.1, 5],
      ],
    ),
    FORMAT,
  );
  assert.equal([found.text, found.where], ['depends on the format', 'met at files, not at tar']);
  const crossed = plain(
    grid(
      'format',
      ['tar', 'files'],
      [
        [1, 3],
        [3, 1],
        [1, 3],
        [3, 1],
        [1, 3],
      ],
    ),
    FORMAT,
  );
  assert.is(crossed.text, 'depends on the format and the step');
});

test('of several axes it says what is always so, and where each line along a number is met', () => {
  const where = (formats: Readonly<Record<string, readonly number[]>>): string =>
    plain(
      Object.entries(formats).flatMap(([format, own]) =>
        grid('request', [1, 10, 100], [own, own, own]).map((one) => ({
          ...one,
          parameters: { ...one.parameters, format },
        })),
      ),
      REQUEST,
      FORMAT,
    ).where!;
  assert.is(
    where({ a: [3, 3, 3], b: [1, 1, 3], c: [1, 1, 3] }),
    'met in 15 of 27 cases, not met in 12; always at a; above 55 ms (between 10 and 100 ms) in 6 of 9 combinations of format and update; everywhere in 3; along the cost of a request the median of all is met above 55 ms (between 10 and 100 ms)',
  );
  assert.is(
    where({ a: [3, 3, 3], b: [1, 1, 3], c: [1, 1, 1] }),
    'met in 12 of 27 cases, not met in 15; always at a, never at c; everywhere in 3 of 9 combinations of format and update; above 55 ms (between 10 and 100 ms) in 3; nowhere in 3; along the cost of a request the median of all is met above 55 ms (between 10 and 100 ms)',
  );
});

test('a range between two costs, and steps that are always or never met, are counted', () => {
  const bar = quotientBar('at most', 1, 'ratio', 0);
  const found = plain(
    grid(
      'request',
      [0, 1, 2, 3, 4],
      [
        [1.5, 0.5, 0.5, 1.5, 1.5],
        [1.5, 0.75, 0.5, 0.5, 1.5],
        [0.5, 0.5, 0.5, 0.5, 0.5],
        [1.5, 1.5, 1.5, 1.5, 1.5],
        [1.5, 1.5, 1.5, 1.5, 1.5],
        [1.0, 1.0, 1.0, 1.0, 1.0],
        [0.5, 1.5, 1.5, 1.5, 0.5],
        [0.5, 1.5, 0.5, 1.5, 0.5],
      ],
      bar,
    ),
    REQUEST,
  );
  assert.equal(found.where?.split('; '), [
    'met in 15 of 40 cases, not met in 20, too close in 5',
    'always on 1 of 8 updates, never on 2',
    'between 0.583 and 3 ms in 2 of 8 updates',
    'nowhere in 2',
    'everywhere in 1',
    'below 0.5 ms and above 3.5 ms in 1',
    'in several ranges in 1',
    'too close in 1',
    'along the cost of a request the median of all is met between 1.5 and 2.333 ms',
  ]);
});

test('always and everywhere are said of what is met in every case alone, beyond the resolution', () => {
  const bar = quotientBar('at most', 1, 'ratio', 0);
  const where = (b: readonly number[]): string =>
    plain(
      Object.entries({ a: [0.5, 0.5, 0.5], b, c: [1.5, 1.5, 0.5] }).flatMap(([format, own]) =>
        grid('request', [1, 10, 100], [own, own, own], bar).map((one) => ({
          ...one,
          parameters: { ...one.parameters, format },
        })),
      ),
      REQUEST,
      FORMAT,
    ).where!;
  assert.is(
    where([0.5, 0.5, 0.5]),
    'met in 21 of 27 cases, not met in 6; always at a and b; everywhere in 6 of 9 combinations of format and update; above 55 ms (between 10 and 100 ms) in 3; along the cost of a request the median of all is met everywhere',
  );
  assert.is(
    where([0.5, 1, 0.5]),
    'met in 18 of 27 cases, not met in 6, too close in 3; always at a; everywhere in 3 of 9 combinations of format and update; everywhere but where it is too close in 3; above 55 ms (between 10 and 100 ms) in 3; along the cost of a request the median of all is met everywhere but where it is too close',
  );
});

test('what lies on one side in nine of ten decided cases is not told as if it were balanced', () => {
  const bar = quotientBar('at most', 1, 'ratio', 0.1);
  const lean = (met: number, not: number, close: number): string => {
    const values = [
      ...Array.from({ length: met }, () => 0.5),
      ...Array.from({ length: not }, () => 1.5),
      ...Array.from({ length: close }, () => 1),
    ];
    const cases = grid('request', [1, 10], pairsOf(values), bar);
    return severalOf(cases, [STEP], [REQUEST]).split('; ')[0]!;
  };
  assert.is(lean(2, 18, 4), 'mostly not met: met in 2 of 24 cases, not met in 18, too close in 4');
  assert.is(lean(3, 17, 4), 'met in 3 of 24 cases, not met in 17, too close in 4');
  assert.is(lean(18, 2, 0), 'mostly met: met in 18 of 20 cases, not met in 2');
  const steps = grid('request', [1], [...Array.from({ length: 9 }, () => [0.5]), [1.5]], bar);
  assert.is(namesOf(steps, STEP), 'mostly met: met on 9 of 10 updates, not met on 1');
});

test('a value whose cases are all too close is named beside those that are met and not', () => {
  const bar = quotientBar('at most', 1, 'ratio', 0.1);
  const cases = grid(
    'request',
    [1, 2, 3],
    [
      [0.5, 1, 2],
      [0.6, 1.05, 2],
    ],
    bar,
  );
  const names = [1, 2, 3].map((value) => REQUEST.print(value));
  assert.is(
    namesOf(cases, REQUEST),
    `met at ${names[0]}, not at ${names[2]}, too close at ${names[1]}`,
  );
});

function pairsOf(values: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: values.length / 2 }, (_, at) => values.slice(2 * at, 2 * at + 2));
}

test('an axis that tells no sides apart is told where lines and their median flip along it', () => {
  const bar = quotientBar('at most', 1, 'ratio', 0.1);
  const sizes = { ...REQUEST, name: 'size', title: 'the size', print: (x: number) => `${x} KiB` };
  // Two formats flip in opposite directions, a third has no case at the greatest size.
  const own = { a: [0.5, 0.7, 1.3], b: [1.5, 1.2, 0.5], c: [0.5, 0.8] };
  const cases = Object.entries(own).flatMap(([format, values]) =>
    grid('size', [10, 20, 40], [values, values, values], bar).map((one) => ({
      ...one,
      parameters: { ...one.parameters, format },
    })),
  );
  const parts = plain(cases, FORMAT, sizes).where!.split('; ');
  assert.equal(parts.slice(-3), [
    'below 30 KiB (between 20 and 40 KiB) in 3 of 9 combinations of format and update',
    'above 25.71428571428571 KiB (between 20 and 40 KiB) in 3',
    'everywhere in 3',
  ]);
  // Medians of a and b: 1, 0.95 and 0.9, all within the resolution of the bar.
  assert.is(
    parts.some((part) => part.startsWith('along')),
    false,
  );
});

test('names that are met in all cases but those too close say how many these are', () => {
  const bar = quotientBar('at least', 2);
  const found = plain(
    grid(
      'format',
      ['tar', 'files'],
      [
        [1, 3],
        [1.2, 2],
        [1.1, 5],
      ],
      bar,
    ),
    FORMAT,
  );
  assert.is(found.where, 'met at files, not at tar; 1 of their 6 cases too close');
});

test('a claim that depends on the step alone says on how many it is met', () => {
  const bar = quotientBar('at most', 1, 'ratio', 0);
  const found = plain(made([0.5, 0.5, 1.5, 1.5, 1.5, 1], bar));
  assert.equal(
    [found.text, found.where],
    ['depends on the step', 'met on 2 of 6 updates, not met on 3, too close on 1'],
  );
});

test.run();
