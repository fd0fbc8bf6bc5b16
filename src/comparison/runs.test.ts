import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../errors.ts';
import { createView, type View } from '../report/view.ts';
import { sampleInfo, sampleRecord } from '../testing/sample-run.ts';
import { comparedText, overGrowth } from './compared.ts';
import { compareRuns } from './runs.ts';

const info = sampleInfo([{ id: 'a|b|c|d|e', alias: 'catar' }]);
const MODEL = 'a|b|c|d|e';

interface Sample {
  readonly stored?: number;
  readonly rate?: readonly [low: number, value: number, high: number];
  readonly floor?: number;
  /** Rounds. */
  readonly disturbed?: number;
  readonly processor?: string;
}

function view(sample: Sample = {}): View {
  const { stored = 1000, rate = [99, 100, 101], floor = 0.01, processor, disturbed } = sample;
  const [low, value, high] = rate;
  const mark = disturbed === undefined ? {} : { disturbed };
  const environment = { ...info.environment, ...(processor === undefined ? {} : { processor }) };
  return createView({ ...info, environment }, [
    sampleRecord(MODEL, 'stored.bytes', stored),
    sampleRecord(MODEL, 'stored.blobs', 3),
    sampleRecord(MODEL, 'throughput.pack', value, { workers: 2, n: 9, low, high, ...mark }),
    sampleRecord('*', 'throughput.pack_noise_floor', floor, { image: '*' }),
  ]);
}

test('a run equals itself', () => {
  const { sentences, tables, growths } = compareRuns(view(), view());
  assert.is(sentences[0], '0 of 2 exact figures differ.');
  assert.is(sentences[1], '0 of 1 timed figure differ beyond noise.');
  assert.equal([tables, growths], [[], []]);
});

test('every exact difference is named, and worse by its share', () => {
  const compared = compareRuns(view(), view({ stored: 1030 }));
  assert.is(compared.sentences[0], '1 of 2 exact figures differ.');
  assert.match(
    comparedText(compared),
    /one a\|b\|c\|d\|e +stored\.bytes +1\.0 kB +1\.0 kB +1\.030/,
  );
  assert.equal(overGrowth(compared, 0.03), []);
  assert.equal(overGrowth(compared, 0.02), [
    'stored.bytes of one a|b|c|d|e: 3.00 % worse; the limit is 2.00 %',
  ]);
  assert.equal(overGrowth(compareRuns(view(), view({ stored: 900 })), 0), []);
  for (const [after, told] of [
    [3_000_000_001, '0.000000033'],
    [3_000_350_000, '0.012'],
    [3_001_500_000, '0.050'],
    [3_003_600_000, '0.12'],
  ] as const) {
    const grown = compareRuns(view({ stored: 3_000_000_000 }), view({ stored: after }));
    assert.match(overGrowth(grown, 0)[0]!, new RegExp(` ${told} % worse; the limit is 0\\.00 %$`));
  }
});

test('from nothing to something is worse than any share', () => {
  const compared = compareRuns(view({ stored: 0 }), view());
  assert.match(overGrowth(compared, 1000)[0]!, /stored\.bytes of one .* worse than 0/);
});

test('timed figures differ where their intervals are apart by more than the noise of both runs', () => {
  const slower = { rate: [89, 90, 91] } as const;
  const growth = (after: Sample): readonly string[] =>
    overGrowth(compareRuns(view(), view(after)), 0);
  // 100 ÷ 90 − 1
  assert.equal(growth(slower), [
    'throughput.pack of one a|b|c|d|e 2: 11.11 % worse; the limit is 0.00 %',
  ]);
  assert.equal(growth({ ...slower, floor: 0.11 }), [], 'within the noise of the second run');
  assert.equal(growth({ rate: [89, 90, 99.5] }), [], 'the intervals touch');
  assert.equal(growth({ rate: [109, 110, 111] }), [], 'faster is no worse');
});

test('what was timed while the machine did other work is not compared, and other machines are named', () => {
  const { sentences, data } = compareRuns(view(), view({ rate: [49, 50, 51], disturbed: 3 }));
  const told = 'Timed figures are not compared: the machine did other work while they were timed.';
  assert.is(sentences[1], told);
  assert.is((data as { timed: { compared: number } }).timed.compared, 0);
  const elsewhere = compareRuns(view({ processor: 'one' }), view({ processor: 'two' }));
  assert.match(elsewhere.sentences[2]!, /^The machines differ: one, .*; two, /);
});

test('three samples tell nothing, nor do seven of which one in twenty figures would be apart by chance', () => {
  const rates = (low: number, n: number): readonly number[] =>
    Array.from({ length: n }, (_, place) => low + place / 100);
  const run = (low: number, n: number, figures: number): View =>
    createView(info, [
      ...Array.from({ length: figures }, (_, place) => {
        // All figures but the first are the same in both runs.
        const samples = rates(place === 0 ? low : 100, n);
        const ends = { low: samples[0]!, high: samples.at(-1)! };
        return sampleRecord(MODEL, 'throughput.pack', samples[n >> 1]!, {
          ...{ workers: place + 1, n, samples },
          ...ends,
        });
      }),
      sampleRecord('*', 'throughput.pack_noise_floor', 0.01, { image: '*' }),
    ]);
  const apart = (n: number, figures: number): number =>
    compareRuns(run(100, n, figures), run(90, n, figures)).growths.length;
  assert.is(apart(3, 1), 0, 'complete separation of 3 and 3 has p = 10 %');
  assert.is(apart(5, 1), 1);
  assert.is(apart(5, 7), 0, 'p = 0.8 % is corrected for seven figures');
  assert.is(apart(7, 7), 1);
  const told = compareRuns(run(100, 7, 90), run(90, 7, 90)).sentences;
  // 90 × 2 ÷ 3432 = 5.2 %.
  assert.match(told[1]!, 'so few repetitions tell none of so many figures apart');
});

test('figures of a busy machine are not compared', () => {
  const busy = { ...info, environment: { ...info.environment, load: 9 } };
  const after = createView(busy, view({ rate: [49, 50, 51] }).records);
  const { sentences, growths } = compareRuns(view(), after);
  assert.match(sentences[1]!, /^Timed figures are not compared: /);
  assert.equal(growths, []);
});

test('what one run lacks is counted; nothing in common is refused', () => {
  const more = createView(info, [
    ...view().records,
    sampleRecord(MODEL, 'stored.metadata_bytes', 7),
  ]);
  assert.is(
    compareRuns(view(), more).sentences.at(-1),
    '0 figures are in the first run alone, 1 in the second.',
  );
  const other = createView(info, [sampleRecord(MODEL, 'stored.bytes', 1, { image: 'two' })]);
  assert.throws(
    () => compareRuns(view(), other),
    (error: unknown) => error instanceof UsageError,
  );
});

test.run();
