import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createChunker } from '../../chunkers/mod.ts';
import { sampleInfo, sampleRecord } from '../../testing/sample-run.ts';
import { dataOf, find } from '../../testing/sample-view.ts';
import { makeTables } from '../tables/mod.ts';
import { createView, type View } from '../view.ts';

const [plain, aligned] = ['fastcdc:avg=64KiB', 'fastcdc:avg=64KiB,align=4KiB'].map(
  (id) => `files|${createChunker(id).id}|none|objects|get`,
) as [string, string];

function sampleView(): View {
  const info = sampleInfo([{ id: plain }, { id: aligned }], ['one', 'two']);
  const records = ['one', 'two'].flatMap((image, at) =>
    [plain, aligned].flatMap((model, number) => [
      sampleRecord(model, 'dedup.unique_bytes', (20 + at + number) * 1e6, { image }),
      sampleRecord(model, 'dedup.store_reflinkable_bytes', (6 + 4 * number) * 1e6, { image }),
      sampleRecord(model, 'dedup.store_reflinkable_share', 0.6 + 0.4 * number, { image }),
      sampleRecord(model, 'dedup.duplicate_bytes', 5e6 - number * 1e6, { image }),
      sampleRecord(model, 'dedup.reflinkable_bytes', 4e6, { image }),
      sampleRecord(model, 'dedup.reflinkable_share', 0.8 + 0.2 * number, { image }),
    ]),
  );
  return createView(info, records);
}

test('the chart has the last image, a mark for each way to cut', () => {
  const chart = find(sampleView(), 'alignment')!;
  assert.equal(
    dataOf(chart).map(({ unique, shared }) => [unique, shared]),
    [
      [21, 60],
      [22, 100],
    ],
  );
  assert.match(chart.caption, 'of two');
});

test('the table has every image, and what of it can be shared', () => {
  const table = makeTables(sampleView()).find(({ id }) => id === 'alignment')!;
  assert.is(table.rows.length, 4);
  assert.equal(
    table.rows[1]!.slice(2).map(({ text }) => text),
    ['10.00 MB', '100.0 %', '4.00 MB', '4.00 MB', '100.0 %'],
  );
});

test.run();
