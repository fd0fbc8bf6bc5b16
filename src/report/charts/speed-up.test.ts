import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sampleInfo, sampleRecord, sampleTiming } from '../../testing/sample-run.ts';
import { createView, type View } from '../view.ts';
import { type Chart, drawCharts } from './mod.ts';

/** One model does not scale, the other does; a chunker and a transfer are timed as well. */
const info = sampleInfo([
  { id: 'g', alias: 'oci-gzip' },
  { id: 'c', alias: 'catar' },
]);
const records = [
  ...['g', 'c'].flatMap((model, index) =>
    (['pack', 'unpack'] as const).flatMap((operation) =>
      [1, 2, 4].map((workers) =>
        sampleRecord(model, `throughput.${operation}_speedup`, 1 + index * (workers - 1) * 0.8, {
          workers,
          n: 3,
          low: 1 + index * (workers - 1) * 0.7,
          high: 1 + index * (workers - 1) * 0.9,
        }),
      ),
    ),
  ),
  sampleRecord('*', 'throughput.pack_noise_floor', 0.02, { n: 3 }),
  sampleRecord('*', 'throughput.unpack_noise_floor', 0.03, { n: 3 }),
  sampleRecord('c', 'speed.rate', 100, { n: 9 }),
  ...sampleTiming('g', 990, 1000),
];

function find(view: View, name: string): Chart | undefined {
  return drawCharts(view).find((chart) => chart.name === name);
}

function dataOf(chart: Chart): readonly Record<string, unknown>[] {
  return (chart.spec as unknown as { data: { values: Record<string, unknown>[] } }).data.values;
}

test('speed-ups are drawn with their spread, and not where they are within noise', () => {
  const view = createView(info, records);
  const chart = find(view, 'speed-up')!;
  const drawn = dataOf(chart).filter(({ operation }) => operation === 'pack');
  assert.equal(
    drawn.map(({ model, workers, speedUp, low, high }) => [model, workers, speedUp, low, high]),
    [
      ['oci-gzip', 1, 1, 1, 1],
      ['catar', 1, 1, 1, 1],
      ['catar', 2, 1.8, 1.7, 1.9],
      ['catar', 4, 3.4000000000000004, 3.0999999999999996, 3.7],
    ],
  );
  assert.is(
    drawn[2]!['description'],
    'catar, pack with 2 workers: 1.80 (range of 3: 1.70 to 1.90) times one worker',
  );
  assert.match(chart.caption, 'median with its range of 3');
  assert.match(
    chart.caption,
    'Differences below 2.0 % of packing and 3.0 % of unpacking are within noise',
  );
  const load = info.environment.cores + 0.1;
  const checks = { count: 1, threads: 2, highestLoad: 0, referenceMs: 1, slowestShare: 0 };
  const busy = createView({ ...info, environment: { ...info.environment, load, checks } }, records);
  assert.is(find(busy, 'speed-up'), undefined);
  for (const name of ['time-model', 'chunker-speed']) {
    assert.match(find(busy, name)!.caption, /not compared: the machine was busy/);
  }
  assert.match(JSON.stringify(find(busy, 'time-model')!.spec), 'no error is stated');
});

test.run();
