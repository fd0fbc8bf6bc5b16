import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isEmpty, noiseMeasures, type ThroughputCell, throughputMeasures } from './throughput.ts';

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
/** Of packing and of unpacking. */
const floors = (first: readonly number[], again: readonly number[]): readonly unknown[] =>
  noiseMeasures('one', { cells: [cellOf(first)], repeatedCell: cellOf(again) }).map(
    ({ value }) => value,
  );
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

test('verifying and writing have the figures that packing has, and none where they were not done', () => {
  const times = [
    { verifyMs: 20, writeMs: 50 },
    { verifyMs: 10, writeMs: 100 },
  ];
  const cell = (workers: number, share: number): ThroughputCell => {
    const plain = cellOf([10, 10], workers);
    const samples = plain.samples.map((sample, round) => ({
      ...sample,
      verifyMs: share * times[round]!.verifyMs,
      writeMs: share * times[round]!.writeMs,
    }));
    return { ...plain, samples };
  };
  const cells = [cell(1, 1), cell(2, 0.5)];
  const found = (measure: string, workers: number) =>
    throughputMeasures('one', cells).find(
      (one) => one.measure === `throughput.${measure}` && one.workers === workers,
    );
  assert.equal(found('verify', 1)?.samples, [20, 10]);
  assert.equal([found('verify', 1)?.low, found('verify', 1)?.high], [50, 100]);
  assert.is(found('write', 1)?.value, 15);
  assert.is(found('write_speedup', 2)?.value, 2);
  assert.is(found('write_efficiency', 2)?.value, 1);
  assert.is(found('verify_serial_share', 2)?.value, 0);
  const floors = noiseMeasures('one', { cells, repeatedCell: cell(1, 0.5) });
  assert.equal(
    floors.map(({ measure, value }) => [measure, value]),
    [
      ['throughput.pack_noise_floor', 0],
      ['throughput.unpack_noise_floor', 0],
      ['throughput.verify_noise_floor', 0.5],
      ['throughput.write_noise_floor', 0.5],
    ],
  );
  const without = throughputMeasures('one', [cellOf([10, 10])]);
  assert.not.ok(without.some(({ measure }) => /verify|write(?!_ms)/.test(measure)));
});

test('69 a machine that slept in one repetition moves no median, and shows in interval and noise', () => {
  const quiet = cellOf([10, 10, 10, 10, 10]);
  const slept = cellOf([10, 10, 3_600_000, 10, 10]);
  assert.is(rate(slept).value, 100);
  assert.is(rate(quiet).value, 100);
  assert.equal([rate(quiet).low, rate(quiet).high], [100, 100]);
  assert.ok(rate(slept).low! < 1, 'the interval reaches down to it');
  assert.equal(floors([10, 10, 10], [10, 10, 10]), [0, 0]);
  assert.ok(Number(floors([10, 10, 10], [10, 10, 3_600_000])[0]) > 0.99);
});

test('69 a processor that was slowed down for good shows in the noise of the operation', () => {
  // The quotients of the rounds are 1, ½ and 2: half of the longer one.
  assert.equal(floors([10, 10, 20], [10, 20, 10]), [0.5, 0]);
  // Of nine rounds neither the farthest one on either side counts.
  assert.equal(
    floors([10, 10, 10, 10, 10, 10, 10, 10, 10], [20, 5, 8, 10, 10, 10, 10, 10, 10]),
    [0.2, 0],
  );
  assert.equal(floors([10], []), []);
  assert.equal(floors([0, 0], [0, 0]), [0], 'a clock that stood still says nothing');
  assert.equal(noiseMeasures('one', { cells: [], repeatedCell: undefined }), []);
});

test('what was timed beside other work says so in every record', () => {
  const marks = (disturbed: number) => {
    const cell = { ...cellOf([10, 20]), disturbed };
    return [
      ...throughputMeasures('one', [cell]),
      ...noiseMeasures('one', { cells: [cell], repeatedCell: cell }),
    ];
  };
  assert.ok(marks(1).every((one) => one.disturbed === 1));
  assert.ok(marks(0).every((one) => !('disturbed' in one)));
  assert.equal(
    marks(0)
      .filter(({ measure }) => measure.endsWith('noise_floor'))
      .map(({ samples }) => samples),
    [
      [10, 20],
      [10, 10],
    ],
    'the second times are kept',
  );
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
