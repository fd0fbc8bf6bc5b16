import { type Chart, drawCharts } from '../report/charts/mod.ts';
import { createView, type View } from '../report/view.ts';
import type { ResultRecord } from '../results/record.ts';
import { sampleInfo, sampleRecord, sampleSeries, sampleSteps, sampleTiming } from './sample-run.ts';

/** Views of made-up runs for tests of charts. */

export const sweep: readonly string[] = ['4KiB', '16KiB', '64KiB'].map(
  (size) => `catar|fastcdc:avg=${size}|none|objects|get`,
);

/** A run with something for every chart. */
export function fullView(): View {
  const info = sampleInfo([
    { id: 'g', alias: 'oci-gzip' },
    { id: 'c', alias: 'catar' },
    ...sweep.map((id) => ({ id })),
  ]);
  const speeds = ['g', 'c'].flatMap((model, index) =>
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
  );
  const records = [
    ...sampleSteps(info),
    ...sampleSeries(info, 'g', [30, 30, 40], [3, 3, 3]),
    ...sampleSeries(info, 'c', [40, 10, 5], [900, 200, 100]),
    ...sweep.flatMap((id, index) => [
      ...sampleSeries(
        info,
        id,
        [50 + index, 20, 20],
        [4000 >> index, 1000 >> index, 1000 >> index],
      ),
      sampleRecord(id, 'chunks.mean', 5000 * 4 ** index, { image: 'three' }),
    ]),
    sampleRecord('c', 'stored.delta_bytes', 3e6, { image: 'three' }),
    ...speeds,
    ...pairRecords('g', [30, 30, 40]),
    ...pairRecords('c', [40, 12, 6]),
    sampleRecord('*', 'throughput.pack_noise_floor', 0.02, { n: 3 }),
    sampleRecord('*', 'throughput.unpack_noise_floor', 0.03, { n: 3 }),
    ...sampleSpeeds(),
    ...sampleTiming('g', 990, 1000),
    ...sampleTiming('c', 160, 200),
  ];
  return createView(info, records);
}

const FAST: string = 'fastcdc:min=2KiB,avg=8KiB,max=32KiB,nc=1,seed=0x0';
const PEER: string = 'npm:peer@1.0.0:min=2KiB,avg=8KiB,max=32KiB';

function sampleSpeeds(): readonly ResultRecord[] {
  const rates = [
    ['memory:copy', 8000],
    [FAST, 2000],
    [PEER, 500],
  ] as const;
  return [
    sampleRecord('*', 'speed.input_bytes', 64e6),
    ...rates.flatMap(([id, rate]) => [
      sampleRecord(id, 'speed.rate', rate, { n: 9 }),
      sampleRecord(id, 'speed.deviation', rate / 10, { n: 9 }),
      ...(id === 'memory:copy' ? [] : [sampleRecord(id, 'speed.average', 8192)]),
    ]),
  ];
}

/** The same from wherever, in megabytes by image. */
function pairRecords(model: string, megabytes: readonly number[]): readonly ResultRecord[] {
  const images = ['one', 'two', 'three'];
  return images.flatMap((image, index) =>
    images
      .filter((held) => held !== image)
      .map((held) =>
        sampleRecord(model, 'transfer.bytes', megabytes[index]! * 1e6, {
          image,
          client: `image:${held}`,
        }),
      ),
  );
}

export function find(view: View, name: string): Chart | undefined {
  return drawCharts(view).find((chart) => chart.name === name);
}

/** The data of a chart. */
export function dataOf(chart: Chart): readonly Record<string, unknown>[] {
  return (chart.spec as unknown as { data: { values: Record<string, unknown>[] } }).data.values;
}
