import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../../src/models/mod.ts';
import { createView } from '../../src/report/view.ts';
import { skip } from '../../src/results/compose.ts';
import { DATASET, sampleInfo, sampleRecord, sampleTiming } from '../../src/testing/sample-run.ts';
import { textsOf } from '../verdict.ts';
import type { RangeAnswer } from './laboratory/ranges.ts';
import { rangeSentences, timeSentences } from './verdict.ts';

const [STORE] = resolveModels(['catar']) as [string];
const [BLOB] = resolveModels(['catar-blob']) as [string];
const info = sampleInfo([
  { id: STORE, alias: 'catar' },
  { id: BLOB, alias: 'catar-blob' },
]);

function sentences(storeMs: number, blobBytes: number, blobRequests: number): readonly string[] {
  const key = { image: 'two', client: 'previous' };
  return textsOf(
    timeSentences(
      createView(info, [
        sampleRecord('*', 'link.round_trip_ms', 21.5, { image: '*', link: 'dsl-20ms' }),
        sampleRecord(STORE, 'transfer.bytes', 1_000_000, key),
        sampleRecord(STORE, 'transfer.requests', 100, key),
        sampleRecord(BLOB, 'transfer.bytes', blobBytes, key),
        sampleRecord(BLOB, 'transfer.requests', blobRequests, key),
        ...sampleTiming(STORE, 900, storeMs),
        ...sampleTiming(BLOB, 500, 500),
      ]),
    ),
  );
}

test('the model is confirmed up to its bars and refuted beyond', () => {
  const [fine, ownLinks] = sentences(1000, 1_000_000, 10);
  // Errors of 10 % and 0 %: 5 % in the median.
  assert.match(
    fine!,
    /\*\*confirmed\*\*.*2 cells, 2 models and 1 link, the error is 5\.0 % in the median and −10\.0 % at worst \(catar, dsl-20ms\)/,
  );
  assert.match(ownLinks!, /round trips up to 1\.5 ms too long, on 2 cores with load 0\.3/);
  assert.match(sentences(1201, 1_000_000, 10)[0]!, /\*\*refuted\*\*.*−25\.1 % at worst/);
});

test('cells, models and links are counted, each once', () => {
  const on = (link: string): ReturnType<typeof sampleTiming> =>
    sampleTiming(STORE, 900, 1000).map((record) =>
      record.link === undefined ? record : { ...record, link },
    );
  const view = createView(info, ['dsl-20ms', '100m-20ms', '1g-1ms'].flatMap(on));
  const [fine] = textsOf(timeSentences(view));
  assert.match(fine!, 'Over 3 cells, 1 model and 3 links, the error is 10.0 % in the median');
});

test('one blob is compared with the chunk store in bytes, requests and time', () => {
  const [, , alike, times] = sentences(1000, 1_020_000, 10);
  assert.match(alike!, /\*\*confirmed\*\* for one update/);
  assert.match(times!, /dsl-20ms 1,000 \/ 500\.$/);
  assert.match(sentences(1000, 1_020_001, 10)[2]!, /\*\*refuted\*\*/);
  assert.match(sentences(1000, 1_000_000, 101)[2]!, /\*\*refuted\*\*/);
});

test('without servers nothing is decided, and what to install is said', () => {
  const missing = skip(
    DATASET,
    STORE,
    'two',
    'transfer.measured_ms',
    'x not found: apt-get install x',
  );
  assert.equal(textsOf(timeSentences(createView(info, [missing]))), [
    'C36 (the model predicts real transfers), C16 (one blob by ranges does what a chunk store does) and C17 (servers do not reliably serve several ranges) are undecided: x not found: apt-get install x.',
  ]);
});

test('what servers answer to ranges is told as it came', () => {
  const answer = (asked: string, status: number, isMultipart: boolean): RangeAnswer => ({
    asked,
    status,
    bytes: 1234,
    isMultipart,
    isComplete: status !== 416,
  });
  const good = [answer('2 ranges', 206, true), answer('a range past the end', 416, false)];
  const whole = [answer('2 ranges', 200, false)];
  assert.equal(
    textsOf(
      rangeSentences([
        ['one', good],
        ['other', whole],
      ]),
    ),
    [
      'C17, servers do not reliably serve several ranges: **refuted** for one by itself. 2 ranges → 206 multipart, 1,234 B; a range past the end → 416, 1,234 B, then the connection breaks, short of its Content-Length.',
      'C17, servers do not reliably serve several ranges: **confirmed** for other by itself. 2 ranges → 200, 1,234 B.',
    ],
  );
});

test.run();
