import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeAcross } from './across.ts';
import { type Axis, type ClaimBar, type ClaimCase, differenceBar, quotientBar } from './case.ts';
import { type Judgement, judge, LEAST_STEPS } from './judge.ts';

const BAR: ClaimBar = { unit: 'ratio', side: 'at least', value: 2, resolution: 0.25 };
const REQUEST: Axis = {
  name: 'request',
  title: 'the cost of a request',
  print: (x) => `${Number(x.toFixed(3))} ms`,
};
const FORMAT: Axis = { name: 'format', title: 'the format', print: String };
const COUNT: Axis = { name: 'k', title: 'the number', print: (k) => `image ${k}`, isCount: true };

function made(
  values: readonly (number | undefined)[],
  bar: ClaimBar = BAR,
  parameters: (place: number) => ClaimCase['parameters'] = () => ({}),
): readonly ClaimCase[] {
  return values.map((value, place) => ({
    dataset: 'made',
    step: `t${place + 1}`,
    kind: 'update',
    parameters: parameters(place),
    value,
    unit: bar.unit,
    bar,
  }));
}

const plain = (cases: readonly ClaimCase[], ...axes: readonly Axis[]): Judgement =>
  judge(cases, { axes });

/** One case for each step and value of an axis. */
function grid(
  axis: string,
  at: readonly (number | string)[],
  steps: readonly (readonly (number | undefined)[])[],
  bar: ClaimBar = BAR,
): readonly ClaimCase[] {
  return steps.flatMap((values, step) =>
    values.map((value, place) => ({
      dataset: 'made',
      step: `t${step + 1}`,
      kind: 'update' as const,
      parameters: { [axis]: at[place]! },
      value,
      unit: bar.unit,
      bar,
    })),
  );
}

const unit = fc.double({ min: 0.01, max: 1, noNaN: true });

test('beyond the resolution on one side confirms or refutes, and nothing nearer does', () => {
  fc.assert(
    fc.property(
      fc.array(unit, { minLength: LEAST_STEPS, maxLength: 9 }),
      fc.constantFrom('at least' as const, 'at most' as const),
      fc.double({ min: -100, max: 100, noNaN: true }),
      (sizes, side, value) => {
        const bar: ClaimBar = { unit: 'ratio', side, value, resolution: 0.5 };
        const sign = side === 'at least' ? 1 : -1;
        const beyond = (way: number): Judgement =>
          plain(
            made(
              sizes.map((size) => value + sign * way * (0.5 + size)),
              bar,
            ),
          );
        assert.is(beyond(1).word, 'confirmed');
        assert.is(beyond(-1).word, 'refuted');
        assert.ok(beyond(1).margin! >= 0.5);
        const near = sizes.map((size) => value + (0.49 * size) / 1);
        assert.is(plain(made(near, bar)).word, 'too close');
        // One that lies on the bar itself is enough.
        const mixed = [value, ...sizes.map((size) => value + sign * (0.5 + size))];
        assert.is(plain(made(mixed, bar)).word, 'too close');
      },
    ),
  );
});

test('exactly the resolution from the bar is too close', () => {
  assert.is(plain(made([2.25, 2.25, 2.25])).word, 'too close');
  assert.is(plain(made([2.2500001, 3, 3])).word, 'confirmed');
  assert.is(plain(made([1.75, 1, 1])).word, 'too close');
  assert.is(plain(made([1.7499999, 1, 1])).word, 'refuted');
});

test('no case, 0 ÷ 0 and fewer than three steps decide nothing, and say what would', () => {
  const none = judge([], { axes: [], whyNone: 'an update would decide' });
  assert.equal([none.word, none.where, none.n], ['undecided', 'an update would decide', 0]);
  const zero = plain(made([undefined, Number.NaN, 0 / 0, Number.POSITIVE_INFINITY]));
  assert.equal([zero.word, zero.where], ['undecided', 'nothing to compare (0 ÷ 0)']);
  const two = plain(made([3, 3]));
  assert.equal([two.word, two.where], ['undecided', 'n = 2, at least 3 would decide']);
  // What has no value is no step.
  assert.is(plain(made([3, 3, undefined])).word, 'undecided');
  assert.is(plain(made([3, 3, 3, undefined])).word, 'confirmed');
});

test('what one step decides is too close, what it does not is stable without each', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 12 }), fc.nat(), (steps, drawn) => {
      const odd = drawn % steps;
      const values = Array.from({ length: steps }, (_, place) => (place === odd ? 1 : 3));
      const found = plain(made(values));
      // Without the odd one it is confirmed, without any other the step still tells.
      const word = steps >= 5 ? 'depends' : 'too close';
      assert.is(found.word, word, `${steps} steps`);
      assert.is(found.stability, (steps - 1) / steps);
      for (const [place] of values.entries()) {
        const without = plain(made(values.filter((_, other) => other !== place)));
        if (place === odd && steps > LEAST_STEPS) assert.is(without.word, 'confirmed');
      }
    }),
  );
});

test('values of several steps are computed again without each', () => {
  const cases = made([3]).map((one) => ({ ...one, step: 'series' }));
  const without = (value: number): readonly ClaimCase[] =>
    made([value]).map((one) => ({ ...one, step: 'series' }));
  const held = (...values: readonly number[]): Judgement =>
    judge(cases, {
      axes: [],
      leftOut: new Map(values.map((value, place) => [`t${place}`, without(value)])),
    });
  assert.equal([held(3, 3, 3).word, held(3, 3, 3).n], ['confirmed', 3]);
  assert.is(held(3, 3, 1).word, 'too close');
  assert.is(held(3, 3, 3, 3, 3, 3, 2).word, 'too close');
});

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
      'met below 1.5 ms (1.5 to 2.25 ms) in all 3 updates',
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
    'met in 15 of 27 cases, not met in 12; always at a; above 55 ms in 6 of 9 combinations of format and update; everywhere in 3',
  );
  assert.is(
    where({ a: [3, 3, 3], b: [1, 1, 3], c: [1, 1, 1] }),
    'met in 12 of 27 cases, not met in 15; always at a, never at c; everywhere in 3 of 9 combinations of format and update; above 55 ms in 3; nowhere in 3',
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
    'met in 21 of 27 cases, not met in 6; always at a and b; everywhere in 6 of 9 combinations of format and update; above 55 ms in 3',
  );
  assert.is(
    where([0.5, 1, 0.5]),
    'met in 18 of 27 cases, not met in 6, too close in 3; always at a; everywhere in 3 of 9 combinations of format and update; everywhere but where it is too close in 3; above 55 ms in 3',
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

test('updates and releases, and two datasets, are never judged together', () => {
  const [one, ...others] = made([3, 3, 3]);
  assert.throws(() => plain([{ ...one!, kind: 'release' }, ...others]), /judged together/);
  assert.throws(() => plain([{ ...one!, dataset: 'other' }, ...others]), /judged together/);
});

test('over datasets a verdict says where it holds', () => {
  const on = (place: string, word: 'confirmed' | 'refuted' | 'undecided') => ({
    place,
    word,
    text: word,
  });
  assert.equal(judgeAcross([on('a', 'confirmed'), on('b', 'refuted')]), {
    word: 'depends',
    text: 'depends on the dataset',
    where: 'confirmed on a; refuted on b',
  });
  assert.is(judgeAcross([on('a', 'confirmed'), on('b', 'undecided')]).word, 'confirmed');
  assert.is(judgeAcross([on('a', 'undecided')]).word, 'undecided');
  assert.is(judgeAcross([]).word, 'undecided');
});

// What an earlier version concluded from figures that do not carry it.
const LESS: ClaimBar = quotientBar('at most', 1);

test('0.19 % fewer bytes are not the least', () => {
  assert.is(plain(made([19.16 / 19.2, 19.16 / 19.2, 19.16 / 19.2], LESS)).word, 'too close');
});

test('one byte more on disk decides nothing', () => {
  assert.is(
    plain(made([1 + 1e-9, 1 + 1e-9, 1 + 1e-9], quotientBar('at least', 1))).word,
    'too close',
  );
});

test('79.46 % against 80 % is too close', () => {
  const bar = quotientBar('at least', 0.8, 'share');
  assert.is(plain(made([0.7946, 0.7946, 0.7946], bar)).word, 'too close');
});

test('differences whose sign changes between updates are not alike', () => {
  const shares = [0.23, 0.09, 0.13, 0.06].map(Math.abs);
  assert.is.not(plain(made(shares, differenceBar('at most', 0.05))).word, 'confirmed');
});

test('a plateau has no best size', () => {
  const costs = [18.41, 18.4, 19.16, 19.38];
  const best = Math.min(...costs);
  // 16 KiB beside the best of the others, on three updates.
  const cases = made(
    [1, 2, 3].map(() => best / 18.41),
    quotientBar('at most', 1),
  );
  assert.is(plain(cases).word, 'too close');
});

test.run();
