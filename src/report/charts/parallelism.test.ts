import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SCHEDULED } from '../../measures/schedule.ts';
import { sampleInfo, sampleRecord } from '../../testing/sample-run.ts';
import { dataOf, find } from '../../testing/sample-view.ts';
import { renderSvg } from '../render.ts';
import { summarise } from '../sentences/mod.ts';
import { makeTables } from '../tables/mod.ts';
import { createView } from '../view.ts';

/** One model is a chain, the other divides. */
const info = sampleInfo([
  { id: 'a|b|c|d|e', alias: 'tar-zstd' },
  { id: 'f|g|h|i|j', alias: 'per-file' },
]);
const records = info.models.flatMap(({ id }, index) => [
  ...SCHEDULED.flatMap((operation) => [
    sampleRecord(id, `parallel.${operation}_work_ms`, 640),
    sampleRecord(id, `parallel.${operation}_span_ms`, index === 0 ? 640 : 20),
    sampleRecord(id, `parallel.${operation}_work_per_span`, index === 0 ? 1 : 32),
    ...[1, 2, 64].map((workers) =>
      sampleRecord(id, `parallel.${operation}_speed_up`, index === 0 ? 1 : Math.min(workers, 32), {
        workers,
      }),
    ),
  ]),
  sampleRecord(id, 'parallel.receive_span_ms', 400, { client: 'none', link: 'dsl-20ms' }),
  ...[1, 2, 64].map((workers) =>
    sampleRecord(id, 'parallel.receive_ms', workers === 1 ? 800 : 400, {
      client: 'none',
      link: 'dsl-20ms',
      workers,
    }),
  ),
  sampleRecord(id, 'throughput.pack_speedup', 1.5, { workers: 2, n: 3, low: 1.4, high: 1.6 }),
  sampleRecord(id, 'parallel.pack_machine_speed_up', 1.8, {
    workers: 2,
    n: 3,
    low: 1.7,
    high: 1.9,
  }),
  sampleRecord(id, 'parallel.cores_used', 1.01),
]);
const view = createView(info, records);

test('the schedule is a line, with what was measured and what the machine gives beside it', async () => {
  const chart = find(view, 'parallelism')!;
  const drawn = dataOf(chart)
    .filter(({ model }) => model === 'per-file')
    .map(({ kind, operation, cores, speedUp }) => [kind, operation, cores, speedUp]);
  const receive = 'receive over DSL, 16 Mb/s, 20 ms';
  for (const wanted of [
    ['scheduled', 'pack', 64, 32],
    ['scheduled', receive, 2, 2],
    ['measured', 'pack', 2, 1.5],
    ['machine', 'pack', 2, 1.8],
  ]) {
    assert.ok(
      drawn.some((one) => JSON.stringify(one) === JSON.stringify(wanted)),
      String(wanted),
    );
  }
  assert.is(drawn.length, 3 * 3 + 3 + 2);
  const svg = await renderSvg(chart);
  assert.not.match(svg, /NaN|undefined|Infinity/);
});

test('a busy machine leaves the schedule, and no sentence', () => {
  const { environment } = info;
  const checks = { count: 1, threads: 2, highestLoad: 9, referenceMs: 1, slowestShare: 0 };
  const busy = createView({ ...info, environment: { ...environment, load: 9, checks } }, records);
  const chart = find(busy, 'parallelism')!;
  assert.equal([...new Set(dataOf(chart).map(({ kind }) => kind))], ['scheduled']);
  assert.match(chart.caption, 'not compared');
  const told = (one: typeof view): string | undefined =>
    summarise(one).find(({ topic }) => topic === 'Parallelism')?.text;
  assert.is(told(busy), undefined);
  assert.is(
    told(view),
    'Work ÷ span of the recorded stages, the most that any number of cores can gain: pack 1.0 (tar-zstd) to 32.0 (per-file), verify 1.0 (tar-zstd) to 32.0 (per-file) and unpack 1.0 (tar-zstd) to 32.0 (per-file).',
  );
});

test('the table has a row for each operation, and one for each link', () => {
  const table = makeTables(view).find(({ id }) => id === 'parallelism')!;
  const rows = table.rows.map((cells) => cells.map(({ text }) => text));
  assert.equal(rows[1], [
    'per-file',
    'pack',
    '640',
    '20.0',
    '32.00',
    '2.00',
    '–',
    '32.00',
    '1.80 (range of 3: 1.70 to 1.90)',
  ]);
  assert.equal(rows.at(-1), [
    'per-file',
    'receive, DSL, 16 Mb/s, 20 ms',
    '–',
    '400',
    '–',
    '2.00',
    '–',
    '2.00',
    '–',
  ]);
});

test.run();
