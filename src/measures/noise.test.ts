import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { noiseFloor, type ThroughputCell } from './throughput.ts';

/** A cell whose operations all took these milliseconds, one after another. */
const cellOf = (...milliseconds: readonly number[]): ThroughputCell => ({
  model: 'm',
  workers: 1,
  samples: milliseconds.map((ms) => ({
    streamBytes: 1_000_000,
    objects: 2,
    packMs: ms,
    unpackMs: ms,
    stages: { serialise: 0, chunk: 0, hash: 0, compress: 0, write: 0 },
  })),
});

test('noise is the difference of two repetitions over the longer one, whichever came first', () => {
  for (const [first, second, noise] of [
    [10, 20, 0.5],
    [20, 10, 0.5],
    [10, 40, 0.75],
    [8, 10, 0.2],
    [10, 10, 0],
  ] as const) {
    assert.is(noiseFloor([cellOf(first, second)]), noise, `${first} and ${second} ms`);
  }
});

test('noise is the median over all neighbours of all cells, and none where nothing was repeated', () => {
  assert.is(noiseFloor([cellOf(10, 10, 20), cellOf(40, 10)]), 0.5);
  assert.is(noiseFloor([cellOf(10), cellOf(40)]), undefined);
});

test.run();
