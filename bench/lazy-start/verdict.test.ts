import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../../src/models/mod.ts';
import { createView, type View } from '../../src/report/view.ts';
import { sampleInfo, sampleRecord } from '../../src/testing/sample-run.ts';
import { sideOf } from '../../src/verdicts/case.ts';
import { fewBytesToStart } from '../claims/c32-lazy-start.ts';
import { madeRecords } from '../made-records.ts';
import { textsOf } from '../verdict.ts';
import { startSentences } from './verdict.ts';

const [WHOLE, FILES] = resolveModels(['tar-zstd', 'per-file']) as [string, string];
const info = sampleInfo([
  { id: WHOLE, alias: 'tar-zstd' },
  { id: FILES, alias: 'per-file' },
]);

function viewOf(bytes: number, touched?: number): View {
  const key = { image: 'two', client: 'none', program: 'bash' };
  return createView(info, [
    sampleRecord(WHOLE, 'transfer.bytes', 1_000_000, { image: 'two', client: 'none' }),
    sampleRecord(WHOLE, 'lazy.bytes', 1_000_000, key),
    sampleRecord(WHOLE, 'lazy.requests', 3, key),
    sampleRecord(FILES, 'lazy.bytes', bytes, key),
    sampleRecord(FILES, 'lazy.requests', 8, key),
    ...(touched === undefined ? [] : [sampleRecord(FILES, 'lazy.touched_bytes', touched, key)]),
  ]);
}

function sentences(bytes: number, touched?: number): readonly string[] {
  return textsOf(startSentences(viewOf(bytes, touched)));
}

test('13 what a start needs is told with both bounds, and who needs least', () => {
  const [few, ranking] = sentences(64_000);
  assert.match(few!, /bash 6\.4 %; median 6\.4 %, n = 1 start/);
  // 936 ÷ 64.
  assert.match(ranking!, /per-file 64\.0 kB in 8 requests, .*the second needs \+1462\.5 %\.$/);
  assert.match(sentences(990_000)[1]!, /\+1\.0 %, which is alike\.$/);
  assert.match(sentences(90_000, 64_000)[2]!, /of 1 start: per-file in 1\./);
  assert.match(sentences(64_000)[2]!, /of 1 start: in 1 no model by both bounds\./);
  assert.match(sentences(90_000, 64_000)[0]!, /bash 6\.4 % to 9\.0 %; median 6\.4 % to 9\.0 %/);
});

test('13 C32 is decided by mapped parts within the bar, by touched pages beyond it, and too close between', async () => {
  const nothing = madeRecords({
    models: [],
    images: [],
    number: (): never => assert.unreachable() as never,
  });
  for (const [bytes, touched, value, side] of [
    [60_000, undefined, 0.06, 'met'],
    [64_001, undefined, undefined, 'open'],
    [90_000, 50_000, 0.09, 'close'],
    [90_000, 80_000, 0.08, 'not met'],
    [60_000, 10_000, 0.06, 'met'],
  ] as const) {
    const records = { ...nothing, view: viewOf(bytes, touched) };
    const [only] = await fewBytesToStart.cases(records);
    assert.equal([only!.value, sideOf(only!)], [value, side]);
  }
});

test.run();
