import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../../src/models/mod.ts';
import { createView, type View } from '../../src/report/view.ts';
import { sampleInfo, sampleRecord } from '../../src/testing/sample-run.ts';
import { fewBytesToStart } from '../claims/c32-lazy-start.ts';
import { madeClaimRecords } from '../claims/made-claim.ts';
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

test('13 C32 holds up to its bar, of the model that needs least', () => {
  const [few, ranking] = sentences(64_000);
  assert.match(few!, /\*\*confirmed\*\*.*bash 6\.4 %; median 6\.4 %, n = 1 start/);
  // 936 ÷ 64.
  assert.match(ranking!, /per-file 64\.0 kB in 8 requests, .*the second needs \+1462\.5 %\.$/);
  // Mapped parts count whole: what is needed may be less.
  assert.match(sentences(64_001)[0]!, /undecided: the bar lies between the bounds/);
  assert.match(sentences(990_000)[1]!, /\+1\.0 %, which is alike\.$/);
});

test('13 C32 is refuted by touched pages above the bar, and open where the bar lies between', () => {
  assert.match(
    sentences(90_000, 64_000)[0]!,
    /undecided.*bash 6\.4 % to 9\.0 %; median 6\.4 % to 9\.0 %/,
  );
  assert.match(sentences(90_000, 64_001)[0]!, /\*\*refuted\*\*/);
  assert.match(sentences(64_000, 10_000)[0]!, /\*\*confirmed\*\*/);
});

test('13 the claim and the experiment decide by the same bound', async () => {
  const nothing = madeClaimRecords({
    models: [],
    images: [],
    number: (): never => assert.unreachable() as never,
  });
  for (const [bytes, touched, value] of [
    [64_000, undefined, 0.064],
    [64_001, undefined, undefined],
    [90_000, 64_000, undefined],
    [90_000, 64_001, 0.064001],
    [64_000, 10_000, 0.064],
  ] as const) {
    const records = { ...nothing, view: viewOf(bytes, touched) };
    const [only] = await fewBytesToStart.cases(records);
    assert.is(only!.value, value);
    const [sentence] = sentences(bytes, touched);
    assert.is(/undecided/.test(sentence!), value === undefined);
  }
});

test.run();
