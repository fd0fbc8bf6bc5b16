import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sampleRecord } from '../testing/sample-run.ts';
import { groupSteps, stepsOf } from './steps.ts';

const kind = (image: string, value: string) => sampleRecord('*', 'step.kind', value, { image });

test('the kind is that recorded; without one it is unknown', () => {
  assert.equal(stepsOf(['a', 'b', 'c'], [kind('b', 'rebuild'), kind('a', 'update')]), [
    { image: 'b', kind: 'rebuild' },
    { image: 'c', kind: 'unknown' },
  ]);
  assert.equal(stepsOf(['a', 'b'], [kind('b', 'made-up')]), [{ image: 'b', kind: 'unknown' }]);
  assert.equal(stepsOf(['a'], []), []);
  assert.equal(stepsOf([], []), []);
});

test('a run that was measured before steps had a kind tells it by its pairs', () => {
  const share = (image: string, held: string, value: number) =>
    sampleRecord('*', 'image.shared_file_share', value, { image, client: `image:${held}` });
  const records = [share('b', 'a', 0.5), share('c', 'a', 0.9), share('c', 'b', 0.49)];
  assert.equal(stepsOf(['a', 'b', 'c'], records), [
    { image: 'b', kind: 'update' },
    { image: 'c', kind: 'release' },
  ]);
  assert.equal(stepsOf(['a', 'b'], [...records, kind('b', 'edit')])[0]!.kind, 'edit');
});

test('steps are grouped by kind, kinds in the order of reports', () => {
  const steps = stepsOf(
    ['a', 'b', 'c', 'd', 'e'],
    [kind('b', 'release'), kind('c', 'update'), kind('d', 'release')],
  );
  assert.equal(groupSteps(steps), [
    { kind: 'update', images: ['c'] },
    { kind: 'release', images: ['b', 'd'] },
    { kind: 'unknown', images: ['e'] },
  ]);
});

test.run();
