import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { noiseFloor, type ThroughputCell, throughputMeasures } from './throughput.ts';

const cellOf = (packMs: readonly number[]): ThroughputCell => ({
  model: 'm',
  workers: 1,
  samples: packMs.map((ms) => ({
    streamBytes: 1_000_000,
    objects: 2,
    packMs: ms,
    unpackMs: 10,
    stages: { serialise: 0, chunk: 0, hash: 0, compress: 0, write: 0 },
  })),
});
const rate = (cell: ThroughputCell) =>
  throughputMeasures('one', [cell]).find(({ measure }) => measure === 'throughput.pack')!;

test('69 a machine that slept in one repetition moves no median, and shows in interval and noise', () => {
  const quiet = cellOf([10, 10, 10, 10, 10]);
  const slept = cellOf([10, 10, 3_600_000, 10, 10]);
  assert.is(rate(slept).value, 100);
  assert.is(rate(quiet).value, 100);
  assert.equal([rate(quiet).low, rate(quiet).high], [100, 100]);
  assert.ok(rate(slept).low! < 1, 'the interval reaches down to it');
  assert.is(noiseFloor([quiet]), 0);
  assert.ok(noiseFloor([slept])! > 0.49);
});

test('69 a processor that was slowed down for good shows in the noise of the run', () => {
  assert.ok(noiseFloor([cellOf([10, 20, 40])])! >= 0.5);
});

test('69 a clock that stood still gives a rate that the recorder refuses', () => {
  assert.is(rate(cellOf([0, 0, 0])).value, Number.POSITIVE_INFINITY);
});

test.run();
