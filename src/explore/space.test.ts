import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../errors.ts';
import { resolveChain } from '../models/choices.ts';
import { presets } from '../models/mod.ts';
import { shortLevel } from './short.ts';
import { AXES, changesBetween, DEFAULT_GRIDS, levelsOf, readSpace } from './space.ts';

test('a grid over whole members: what fits is measured, what does not is listed with the reason', () => {
  const grid =
    'catar|{fixed:size=64KiB,fastcdc:avg=16KiB..256KiB}|{none,zstd:3}|{objects,blob}|{get,range}';
  const { models, misfits } = readSpace([grid], false);
  // Five chunkers, two codecs, and no range without a blob.
  assert.is(models.length, 6 * 2 * 3);
  assert.is(misfits.length, 6 * 2);
  for (const { chain, why } of misfits) {
    assert.match(chain, /objects\|range$/);
    assert.match(why, /incompatible.*ranges need blobs/);
  }
  assert.equal(levelsOf(models, AXES.indexOf('fetcher')), ['get', 'range:gap=1KiB,ranges=1']);
  assert.is(levelsOf(models, AXES.indexOf('chunker'))[0], 'fixed:size=64KiB');
});

test('grids inside grids name each chain once', () => {
  const { models } = readSpace(['files|{whole,fastcdc:avg={16KiB,64KiB}}|none|objects|get'], false);
  assert.is(models.length, 3);
});

test('a space has more than a thousand chains', () => {
  const { models } = readSpace(
    ['tar|fixed:size=4KiB..64MiB|zstd:{1,2,3,4,5,6,7,8,9}|{blob,packs:size=4KiB..1GiB}|range'],
    false,
  );
  assert.is(models.length, 15 * 9 * 20);
});

test('the default space has 1,500 chains or more, and all presets', () => {
  const { models } = readSpace([]);
  assert.ok(models.filter(({ isInGrid }) => isInGrid).length >= 1500);
  const named = models.flatMap(({ alias }) => alias ?? []);
  assert.equal(named.toSorted(), presets.map(({ alias }) => alias).toSorted());
  assert.ok(DEFAULT_GRIDS.length > 0);
});

test('a misspelt member ends it, and a grid of nothing that fits says why', () => {
  assert.throws(
    () => readSpace(['catar|{fastcdc,fasctdc}|none|objects|get']),
    (error: unknown) => error instanceof UsageError && /fasctdc/.test(String(error)),
  );
  assert.throws(() => readSpace(['files|whole|none|layers|get']), /no combination fits/);
  assert.throws(() => readSpace(['catar']), /'catar' is a preset, and a grid is a chain/);
  assert.throws(() => readSpace(['files']), /'files' is no chain/);
});

test('a short name is read as the same chain, and says what matters', () => {
  for (const model of readSpace([]).models) {
    const text = model.levels.map((level, axis) => shortLevel(axis, level)).join('|');
    assert.is(resolveChain(text).id, model.id);
  }
  const { models } = readSpace(['catar|fastcdc:avg=64KiB|zstd:3|blob|range'], false);
  const short = models[0]!.levels.map((level, axis) => shortLevel(axis, level)).join('|');
  assert.is(short, 'catar|fastcdc:avg=64KiB|zstd:level=3|blob|range:gap=1KiB');
});

test('two chains differ on the axes whose ids differ', () => {
  const { models } = readSpace(['catar|fastcdc:avg=64KiB|{none,zstd:3}|blob|{get,range}'], false);
  assert.equal(changesBetween(models[0]!, models[0]!), []);
  assert.equal(changesBetween(models[0]!, models[1]!), [4]);
  assert.equal(changesBetween(models[0]!, models[3]!), [2, 4]);
});

test.run();
