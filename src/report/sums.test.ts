import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { StepKind } from '../measures/steps.ts';
import { sampleInfo, sampleRecord, sampleSeries, sampleSteps } from '../testing/sample-run.ts';
import { drawCharts } from './charts/mod.ts';
import { explorerData } from './explorer/data.ts';
import { summarise } from './sentences/mod.ts';
import { summaryCsv } from './summary.ts';
import { makeTables } from './tables/mod.ts';
import { createView, type View } from './view.ts';

const info = sampleInfo(
  [
    { id: 'g', alias: 'oci-gzip' },
    { id: 'catar|fastcdc:avg=4KiB|none|objects|get' },
    { id: 'catar|fastcdc:avg=8KiB|none|objects|get' },
  ],
  ['one', 'two', 'three', 'four', 'five'],
);

function viewOf(kinds: readonly StepKind[]): View {
  return createView(info, [
    ...sampleSteps(info, kinds),
    ...info.models.flatMap(({ id }, n) => [
      ...sampleSeries(info, id, [40 - n, 10 + n, 5, 4, 3], [9, 8, 7, 6, 5]),
      sampleRecord(id, 'dedup.ratio', 54.87, { image: 'five' }),
      sampleRecord(id, 'chunks.mean', 1000 * (n + 1), { image: 'five' }),
      sampleRecord(id, 'disk.bytes', 7e6, { image: 'five' }),
      sampleRecord(id, 'stored.disk_bytes', 8e6, { image: 'five' }),
      sampleRecord(id, 'stored.blobs', 77, { image: 'five' }),
    ]),
  ]);
}

/** Everything that a page says of a run: topics, tables with their columns, charts, measures of the explorer. */
function said(view: View): readonly string[] {
  return [
    ...summarise(view).map(({ topic }) => topic),
    ...makeTables(view).flatMap(({ id, columns }) => [
      id,
      ...columns.flatMap(({ hint = '' }) => hint.split(/[ ,:]/)[0]!),
    ]),
    ...drawCharts(view).map(({ name }) => name),
    ...explorerData(view).measures.map(({ name }) => name),
  ];
}

const SUMS = [
  ['Break-even', 'Chunk size', 'Bytes or requests'],
  ['series', 'growth', 'stored.disk_bytes', 'dedup.ratio', 'stored.bytes'],
  ['stored-bytes', 'pareto', 'chunk-size', 'transfer.cumulative_bytes'],
].flat();

test('sums over a series with returns are in no sentence, table or chart, and a sentence says why', () => {
  const series = said(viewOf(['update', 'update', 'update', 'update']));
  for (const name of SUMS) assert.ok(series.includes(name), name);

  const view = viewOf(['edit', 'return', 'rebuild', 'rebuild']);
  const edits = said(view);
  for (const name of SUMS) assert.not.ok(edits.includes(name), name);
  for (const name of ['Rebuilds', 'Disk', 'steps', 'sides', 'transfer-per-update']) {
    assert.ok(edits.includes(name), name);
  }
  const [storage] = summarise(view).filter(({ topic }) => topic === 'Storage');
  assert.match(storage!.text, 'The series returns to the image before each edit');
  // Data stay whole.
  assert.match(summaryCsv(view), '62000000');
});

test.run();
