import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SeriesStep } from '../../src/results/steps.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import { caseOf } from './claim.ts';
import { seriesOf, withSeries } from './groups.ts';

const release = (image: string): SeriesStep => ({ image, kind: 'release' });
const seriesIn = (
  images: readonly string[],
  starts: readonly string[],
  releases: readonly string[],
) => [...seriesOf({ images, starts, steps: releases.map(release) }).values()];

test('series end at declared starts, or else at releases, and have the name that their images share', () => {
  const images = ['node-1', 'node-2', 'libvips-1.2', 'libvips-1.3'];
  assert.equal(seriesIn(images, ['libvips-1.2'], ['node-2']), [
    'node',
    'node',
    'libvips',
    'libvips',
  ]);
  assert.equal(seriesIn(images, [], ['libvips-1.2']), ['node', 'node', 'libvips', 'libvips']);
  assert.equal(seriesIn(['3.6', '3.7'], [], ['3.7']), ['3.6', '3.7']);
  // Two series of one name are two.
  const twice = ['nginx-1', 'nginx-2', 'nginx-8', 'nginx-9'];
  assert.equal(seriesIn(twice, [], ['nginx-8']), ['nginx-1', 'nginx-1', 'nginx-8', 'nginx-8']);
});

test('a series alone counts as one where series are counted, and is no choice elsewhere', () => {
  const bar = quotientBar('at most', 1);
  const cases = ['a', 'b'].map((step) => caseOf({ step, kind: 'image' }, {}, 1, bar));
  const parametersIn = (names: readonly string[], isUnit: boolean): readonly object[] =>
    withSeries(
      cases,
      new Map([
        ['a', names[0]!],
        ['b', names[1]!],
      ]),
      isUnit,
    ).map(({ parameters }) => parameters);
  assert.equal(parametersIn(['x', 'x'], true), [{ series: 'x' }, { series: 'x' }]);
  assert.equal(parametersIn(['x', 'x'], false), [{}, {}]);
  assert.equal(parametersIn(['x', 'y'], true), [{}, {}], 'each image is a series of its own');
});

test.run();
