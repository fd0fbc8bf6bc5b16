import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { logMean, mainEffects } from './effects.ts';
import { divisionOf, type Standing } from './front.ts';
import { readSpace, type SpaceModel } from './space.ts';

const { models } = readSpace(
  ['{catar,tar}|fixed:size=64KiB|{none,zstd:3,gzip:6}|{objects,blob}|{get,range}'],
  false,
);

const FACTORS: Readonly<Record<string, number>> = {
  catar: 1,
  tar: 3,
  none: 1,
  zstd: 0.5,
  gzip: 0.6,
  objects: 1,
  blob: 4,
  get: 1,
  range: 0.25,
};

/** A product of what each choice does, and of the step. */
function made(model: SpaceModel, step: number): number {
  const product = model.levels.reduce(
    (value, level) => value * (FACTORS[level.split(':')[0]!] ?? 1),
    1000,
  );
  // zstd does less at the second step.
  return step === 1 && model.id.includes('zstd') ? 1.5 * product : product;
}

const values = new Map(models.map((model) => [model.id, [made(model, 0), made(model, 1)]]));
const near = (value: number | undefined, wanted: number): void =>
  assert.ok(Math.abs(value! - wanted) < 1e-9, `${value} ${wanted}`);

test('a main effect is the quotient at equal other choices, by geometric means over pairs and steps', () => {
  const effects = mainEffects(models, values);
  const of = (level: string): (typeof effects)[number] =>
    effects.find((one) => one.level.startsWith(level))!;
  near(of('tar').ratio, 3);
  near(of('zstd').ratio, Math.sqrt(0.5 * 0.75));
  near(of('zstd').least, 0.5);
  near(of('zstd').most, 0.75);
  near(of('range').ratio, 0.25);
  near(of('blob').ratio, 4);
  // Blobs have a partner by whole gets alone: two serialisers, three codecs.
  assert.is(of('blob').pairs, 6);
  assert.is(of('range').baseline, 'get');
  assert.not(effects.some(({ axis }) => axis === 'chunker'));
});

test('a chain without a figure, or with 0, has no pair; a level without a pair no ratio', () => {
  const without = new Map(values);
  for (const { id } of models) if (id.startsWith('tar')) without.set(id, [0, 1]);
  const effect = mainEffects(models, without).find(({ level }) => level === 'tar')!;
  assert.equal([effect.pairs, effect.ratio, effect.least], [0, undefined, undefined]);
  assert.is(logMean([1, undefined]), undefined);
  assert.is(logMean([1, 0]), undefined);
  near(logMean([Math.E, Math.E ** 3]), 2);
});

const standing = (model: SpaceModel, ...own: readonly number[]): Standing => ({
  model,
  values: own,
  halves: own.map(() => 0),
});
const named = (levels: string, alias?: string): SpaceModel => ({
  id: levels,
  levels: [...levels],
  isInGrid: true,
  ...(alias === undefined ? {} : { alias }),
});

test('a preset moves by the fewest changes, then to where it gains most', () => {
  const [preset, far, near1, near2, beaten] = [
    standing(named('aaaaa', 'preset'), 10, 10),
    standing(named('bbbaa'), 1, 9),
    standing(named('baaaa'), 9, 2),
    standing(named('abaaa'), 8, 5),
    standing(named('aabaa'), 11, 11),
  ];
  const { front, moves } = divisionOf([], [preset, far, near1, near2, beaten], [false, false]);
  assert.equal(
    front.map(({ model }) => model.id),
    ['bbbaa', 'abaaa', 'baaaa'],
  );
  assert.is(moves.length, 1);
  assert.is(moves[0]!.to, near1);
  assert.equal(moves[0]!.changes, [0]);
  assert.equal(moves[0]!.ratios, [0.9, 0.2]);
  assert.equal(front[1]!.nearest, { preset: preset.model, changes: [1] });
});

test('where more is better the front has the most, and who is on it does not move', () => {
  const [least, most] = [
    standing(named('aaaaa', 'one'), 1, 1),
    standing(named('aaaab', 'two'), 1, 2),
  ];
  const { front, moves } = divisionOf(['xattrs'], [least, most], [false, true]);
  assert.equal(
    front.map(({ model }) => model.alias),
    ['two'],
  );
  assert.equal(
    moves.map(({ isOnFront }) => isOnFront),
    [false, true],
  );
  assert.is(moves[0]!.to, most);
});

test.run();
