import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../../src/models/mod.ts';
import { createView } from '../../src/report/view.ts';
import type { Check } from '../../src/results/machine.ts';
import { sampleInfo, sampleRecord, sampleTiming } from '../../src/testing/sample-run.ts';
import { textsOf } from '../verdict.ts';
import type { RangeAnswer } from './laboratory/ranges.ts';
import { quietly } from './measure.ts';
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

test('errors are told in the median and at worst, beside those of the links', () => {
  const [fine, ownLinks] = sentences(1000, 1_000_000, 10);
  // Errors of 10 % and 0 %: 5 % in the median.
  assert.match(
    fine!,
    /2 cells, 2 models and 1 link, the error of the modelled time is 5\.0 % in the median and −10\.0 % at worst \(catar, dsl-20ms\)/,
  );
  assert.match(ownLinks!, /round trips up to 1\.5 ms too long, on 2 cores with load 0\.3/);
});

test('cells, models and links are counted, each once', () => {
  const on = (link: string): ReturnType<typeof sampleTiming> =>
    sampleTiming(STORE, 900, 1000).map((record) =>
      record.link === undefined ? record : { ...record, link },
    );
  const view = createView(info, ['dsl-20ms', '100m-20ms', '1g-1ms'].flatMap(on));
  const [fine] = textsOf(timeSentences(view));
  assert.match(
    fine!,
    'Over 3 cells, 1 model and 3 links, the error of the modelled time is 10.0 % in the median',
  );
});

test('one blob is told beside the chunk store in bytes, requests and time', () => {
  const [, , alike, times] = sentences(1000, 1_020_000, 10);
  assert.match(alike!, 'catar (get) 1.00 MB in 100 requests; catar-blob (range');
  assert.match(alike!, '1.02 MB in 10 requests.');
  assert.match(times!, /dsl-20ms 1,000 \/ 500\.$/);
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
      'one by itself: 2 ranges → 206 multipart, 1,234 B; a range past the end → 416, 1,234 B, then the connection breaks, short of its Content-Length.',
      'other by itself: 2 ranges → 200, 1,234 B.',
    ],
  );
});

test('a pull beside other work is repeated, and what was seen of it does not count', async () => {
  const outcome = async (
    quiet: readonly boolean[],
  ): Promise<{ readonly result: number; readonly counted: readonly number[] }> => {
    const counted: number[] = [];
    let [checks, pulls] = [0, 0];
    const machine = {
      check: () => ({ sliceMs: ++checks, load: 0 }),
      isQuiet: ({ sliceMs }: Check) => quiet[sliceMs - 1] ?? false,
      count: ({ sliceMs }: Check) => void counted.push(sliceMs),
    };
    const result = await quietly(machine, { left: 3 }, async () => ++pulls);
    return { result, counted };
  };
  assert.equal(await outcome([true, true]), { result: 1, counted: [1, 2] });
  // Two looks a pull: one after the first and one before the second saw other work.
  assert.equal(await outcome([true, false, false, true, true, true]), {
    result: 3,
    counted: [5, 6],
  });
  // Of a machine that stays busy the last is kept, and told.
  assert.equal(await outcome([]), { result: 4, counted: [7, 8] });
});

test.run();
