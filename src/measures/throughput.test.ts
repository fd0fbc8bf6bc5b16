import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isEmpty, noiseFloor, type ThroughputCell, throughputMeasures } from './throughput.ts';

const cellOf = (packMs: readonly number[], workers = 1, streamBytes = 1e6): ThroughputCell => ({
  model: 'm',
  workers,
  samples: packMs.map((ms) => ({
    streamBytes,
    objects: 2,
    packMs: ms,
    unpackMs: 10,
    stages: { serialise: 0, chunk: 0, hash: 0, compress: 0, write: 0 },
  })),
});
const rate = (cell: ThroughputCell) =>
  throughputMeasures('one', [cell]).find(({ measure }) => measure === 'throughput.pack')!;

test('every repetition is kept, in the order measured', () => {
  const cells = [cellOf([30, 0, 10])];
  const samples = (name: string): unknown =>
    throughputMeasures('one', cells).find(({ measure }) => measure === name)?.samples;
  assert.equal(samples('throughput.pack'), [30, 0, 10]);
  assert.equal(samples('throughput.unpack'), [10, 10, 10]);
  assert.equal(samples('throughput.hash_ms'), [0, 0, 0]);
  assert.is(samples('throughput.pack_speedup'), undefined, 'it is of the times of two records');
});

test('69 a machine that slept in one repetition moves no median, and shows in interval and noise', () => {
  const quiet = cellOf([10, 10, 10, 10, 10]);
  const slept = cellOf([10, 10, 3_600_000, 10, 10]);
  assert.is(rate(slept).value, 100);
  assert.is(rate(quiet).value, 100);
  assert.equal([rate(quiet).low, rate(quiet).high], [100, 100]);
  assert.ok(rate(slept).low! < 1, 'the interval reaches down to it');
  assert.is(noiseFloor([quiet], 'pack'), 0);
  assert.ok(noiseFloor([slept], 'pack')! > 0.49);
});

test('69 a processor that was slowed down for good shows in the noise of the operation', () => {
  // Half of the longer one in both steps; of the shorter one it would be all.
  assert.is(noiseFloor([cellOf([10, 20, 40])], 'pack'), 0.5);
  assert.is(noiseFloor([cellOf([40, 10])], 'pack'), 0.75);
  assert.is(noiseFloor([cellOf([10, 20, 40])], 'unpack'), 0);
  assert.is(noiseFloor([cellOf([10])], 'pack'), undefined);
  assert.is(noiseFloor([], 'pack'), undefined);
  assert.is(noiseFloor([cellOf([0, 0])], 'pack'), undefined, 'nothing beside nothing');
});

test('69 a clock that stood still gives no rate, and an image of no bytes none either', () => {
  const measures = (cell: ThroughputCell): readonly string[] =>
    throughputMeasures('one', [cell])
      .filter(({ value }) => !Number.isFinite(value) || value !== 0)
      .map(({ measure }) => measure);
  assert.not.ok(measures(cellOf([0, 0, 0])).some((measure) => measure.includes('throughput.pack')));
  assert.equal(measures(cellOf([10, 10, 10], 1, 0)), []);
  assert.ok(isEmpty([cellOf([10], 1, 0)]));
  assert.not.ok(isEmpty([cellOf([10])]));
  assert.not.ok(isEmpty([cellOf([], 1, 0)]), 'what was not tried is not known');
});

test('a speed-up is the median over rounds of both, with its range below six', () => {
  // One worker 20, 40, 30 ms, two 10, 20, 30 ms: twice as fast in two rounds, equal in the third.
  const cells = [cellOf([20, 40, 30]), cellOf([10, 20, 30], 2)];
  const gain = throughputMeasures('one', cells).find(
    ({ measure, workers }) => measure === 'throughput.pack_speedup' && workers === 2,
  )!;
  assert.equal([gain.value, gain.low, gain.high, gain.n], [2, 1, 2, 3]);
  const share = throughputMeasures('one', cells).find(
    ({ measure }) => measure === 'throughput.pack_serial_share',
  )!;
  assert.is(share.value, 0);
});

test.run();
