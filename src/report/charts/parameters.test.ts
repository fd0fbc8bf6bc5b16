import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createChunker } from '../../chunkers/mod.ts';
import { clientWithChunks } from '../../measures/clients.ts';
import { sampleInfo, sampleRecord, sampleSteps } from '../../testing/sample-run.ts';
import { dataOf, find } from '../../testing/sample-view.ts';
import { shortChunker } from '../reuse.ts';
import { makeTables } from '../tables/mod.ts';
import { createView, type View } from '../view.ts';

const CHUNKERS = ['fastcdc:avg=64KiB', 'fastcdc:avg=64KiB,nc=2'].map((id) => createChunker(id).id);
const chainOf = (chunker: string): string => `catar|${chunker}|none|objects|get`;

/** Two updates and a release; what is left where parameters differ: 0.1 and 0.3, 0.9 over the release. */
function sampleView(): View {
  const info = sampleInfo(
    CHUNKERS.map((id) => ({ id: chainOf(id) })),
    ['one', 'two', 'three', 'four'],
  );
  const records = ['two', 'three', 'four'].flatMap((image, step) =>
    CHUNKERS.flatMap((producer) =>
      CHUNKERS.flatMap((consumer) => {
        const key = { image, client: clientWithChunks(consumer) };
        const left = producer === consumer ? 1 : [0.1, 0.3, 0.9][step]!;
        return [
          sampleRecord(chainOf(producer), 'dedup.reused_bytes', 1e6 * left, key),
          sampleRecord(chainOf(producer), 'dedup.reuse_left', left, key),
        ];
      }),
    ),
  );
  return createView(info, [...sampleSteps(info, ['update', 'update', 'release']), ...records]);
}

test('the map has means over the updates, and no other step', () => {
  const chart = find(sampleView(), 'parameters')!;
  assert.match(chart.caption, 'per update (mean of 2)');
  const data = dataOf(chart);
  assert.equal(
    data.map(({ model, held, amount }) => [model, held, amount]),
    [
      ['fastcdc avg=64KiB', 'fastcdc avg=64KiB', '100'],
      ['fastcdc avg=64KiB', 'fastcdc avg=64KiB nc=2', '20'],
      ['fastcdc avg=64KiB nc=2', 'fastcdc avg=64KiB', '20'],
      ['fastcdc avg=64KiB nc=2', 'fastcdc avg=64KiB nc=2', '100'],
    ],
  );
  assert.match(String(data[1]!['description']), '20.0 % of what equal parameters share, 200.0 kB');
});

test('the table has the same figures', () => {
  const table = makeTables(sampleView()).find(({ id }) => id === 'parameters')!;
  assert.equal(
    table.rows.map((cells) => cells.map(({ text }) => text)),
    [
      ['fastcdc avg=64KiB', '100.0 %', '20.0 %'],
      ['fastcdc avg=64KiB nc=2', '20.0 %', '100.0 %'],
    ],
  );
});

test('a step without figures leaves no mean', () => {
  const view = sampleView();
  const records = view.records.filter(
    (one) => one.image !== 'three' || one.client !== clientWithChunks(CHUNKERS[1]!),
  );
  const data = dataOf(find(createView(view.info, records), 'parameters')!);
  assert.equal(
    data.map(({ held }) => held),
    ['fastcdc avg=64KiB', 'fastcdc avg=64KiB'],
  );
});

test('a chunker is called by what is not usual of it', () => {
  assert.is(shortChunker('fixed:size=64KiB'), 'fixed size=64KiB');
  assert.is(shortChunker('fastcdc:min=8KiB,avg=64KiB'), 'fastcdc avg=64KiB min=8KiB');
  assert.is(shortChunker(createChunker('rabin:avg=64KiB').id), 'rabin avg=64KiB');
  assert.is(shortChunker('whole'), 'whole');
  assert.is(shortChunker('not-there:avg=1KiB'), 'not-there:avg=1KiB');
});

test.run();
