import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parallelCutsTable } from '../../src/report/tables/parallel-cuts.ts';
import { createView, type View } from '../../src/report/view.ts';
import { toRecord } from '../../src/results/compose.ts';
import { DATASET, sampleInfo, sampleRecord } from '../../src/testing/sample-run.ts';
import { dataOf, find } from '../../src/testing/sample-view.ts';
import { madeRecords } from '../made-records.ts';
import { type Cell, cutMeasures, type Row } from './measure.ts';
import { parallelCuts } from './parallel-cuts.ts';

const CHUNKER = 'fastcdc:min=16KiB,avg=64KiB,max=256KiB,nc=1,seed=0x0';
const alone: Cell = { chunker: CHUNKER, threads: 1, processes: 1 };
const again: Cell = { ...alone, isAgain: true };
const threads: Cell = { ...alone, threads: 2 };
const processes: Cell = { ...alone, processes: 2 };

/** Three rounds of 6 MB: alone 100 ms, two threads 50, 100 and 40, two processes 125 each. */
function timed(share = 1) {
  const rows: readonly Row[] = [50, 100, 40].map(
    (ms) =>
      new Map([
        [alone, [100]],
        [again, [125]],
        [threads, [ms * share]],
        [processes, [125, 125]],
      ]),
  );
  return { bytes: 6e6, cells: [again, alone, threads, processes], rows, disturbed: 0 };
}

function sampleView(share?: number, unequal = 0): View {
  const info = sampleInfo([{ id: CHUNKER }]);
  const records = cutMeasures('one', CHUNKER, timed(share)).map((one) =>
    toRecord(DATASET, CHUNKER, one),
  );
  return createView(info, [sampleRecord(CHUNKER, 'parallel.cuts_unequal', unequal), ...records]);
}

test('speed-ups are quotients of the same round', () => {
  const found = cutMeasures('one', CHUNKER, timed());
  const of = (measure: string, workers?: number) =>
    found.find((one) => one.measure === `parallel.${measure}` && one.workers === workers);
  assert.is(of('cut', 1)?.value, 60);
  assert.equal(of('cut', 2)?.samples, [50, 100, 40]);
  const gain = of('cut_speed_up', 2)!;
  assert.equal([gain.value, gain.low, gain.high, gain.n], [2, 1, 2.5, 3]);
  assert.is(of('cut_machine_speed_up', 2)?.value, 1.6);
  assert.is(of('cut_share_of_machine', 2)?.value, 1.25);
  assert.is(of('cut_machine_speed_up', 1), undefined);
  assert.equal(
    [of('cut_noise_floor')?.value, of('cut_noise_floor')?.samples],
    [0.2, [125, 125, 125]],
  );
});

test('what was timed beside other work says so', () => {
  const found = cutMeasures('one', CHUNKER, { ...timed(), disturbed: 2 });
  assert.ok(found.length > 0 && found.every(({ disturbed }) => disturbed === 2));
});

test('the verdict is of the cuts, and of what the machine gives', async () => {
  const verdicts = async (view: View, busy?: string): Promise<readonly string[]> => {
    const none = madeRecords({ images: ['one'], models: [], number: () => 0 });
    const records = { ...none, view, ...(busy === undefined ? {} : { busy }) };
    return (await parallelCuts.verdict(records)).map(({ verdict = '' }) => verdict);
  };
  assert.equal(await verdicts(sampleView()), ['confirmed', 'confirmed']);
  assert.equal(await verdicts(sampleView(2)), ['confirmed', 'refuted']);
  assert.equal(await verdicts(sampleView(1, 1)), ['refuted', 'confirmed']);
  assert.equal(await verdicts(sampleView(), 'the load is 31'), [
    'confirmed',
    'undecided: the load is 31; an idle machine would decide',
  ]);
});

test('the table has a row for each number of threads', () => {
  const { rows } = parallelCutsTable(sampleView(0.5));
  assert.equal(
    rows.map((cells) => cells.map(({ text }) => text)),
    [
      ['fastcdc avg=64KiB', '1', '60.0', '60.0', '60.0', '–', '–', '–', 'equal'],
      [
        'fastcdc avg=64KiB',
        '2',
        '240.0',
        '120.0',
        '300.0',
        '4.00 (range of 3: 2.00 to 5.00)',
        '1.60 (range of 3: 1.60 to 1.60)',
        '2.50',
        'equal',
      ],
    ],
  );
});

test('the chart has threads and processes, and nothing of one core', () => {
  const chart = find(sampleView(), 'parallel-cuts')!;
  assert.equal(
    dataOf(chart).map(({ kind, speedUp }) => [kind, speedUp]),
    [
      ['threads', 2],
      ['processes', 1.6],
    ],
  );
  const { info, records } = sampleView();
  const one = records.filter(({ workers }) => workers !== 2);
  assert.is(find(createView(info, one), 'parallel-cuts'), undefined);
});

test.run();
