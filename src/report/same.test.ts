import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { noiseMeasures, type ThroughputCell, throughputMeasures } from '../measures/throughput.ts';
import { toRecord } from '../results/compose.ts';
import { seeded } from '../stats/mod.ts';
import { lackOfTime, unless } from '../testing/needs.ts';
import { DATASET, sampleInfo } from '../testing/sample-run.ts';
import { summarise } from './sentences/mod.ts';
import { createView } from './view.ts';

/** What is said of models that are the same, and of some that are not: runs with the noise of a machine, always the same. */

/**
 * A whole run of two models, one timed twice: every time varies by 2 %, the machine by 1 % from round to round, and one in
 * twenty repetitions waits for up to a third of its time.
 * @param slower times of the second model are those of the first times this
 */
function sayOf(seed: number, slower: number, rounds: number): string {
  const even = seeded(seed);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - even())) * Math.cos(2 * Math.PI * even());
  let drift = 0;
  const drifts = Array.from({ length: rounds }, () => {
    drift += 0.01 * normal();
    return drift;
  });
  const time = (round: number): number =>
    1000 * Math.exp(drifts[round]! + 0.02 * normal()) * (even() < 0.05 ? 1 + even() / 3 : 1);
  const cellOf = (model: string, factor: number): ThroughputCell => ({
    model,
    workers: 1,
    samples: drifts.map((_, round) => ({
      streamBytes: 1e8,
      objects: 2,
      packMs: factor * time(round),
      unpackMs: factor * time(round),
      stages: { serialise: 0, chunk: 0, hash: 0, compress: 0, write: 0 },
    })),
  });
  const cells = [cellOf('a', 1), cellOf('b', slower)];
  const repeatedCell = cellOf('a', 1);
  const records = [
    ...cells.flatMap((cell) =>
      throughputMeasures('one', [cell]).map((one) => toRecord(DATASET, cell.model, one)),
    ),
    ...noiseMeasures('one', { cells, repeatedCell }).map((one) => toRecord(DATASET, 'a', one)),
  ];
  const info = sampleInfo([{ id: 'a' }, { id: 'b' }]);
  return summarise(createView(info, records)).find(({ topic }) => topic === 'Throughput')!.text;
}

test('of twenty pairs that are the same none is called different', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const text = sayOf(seed, 1, seed % 2 === 0 ? 7 : 9);
    assert.match(text, / packs at .*; no difference to . that this run can tell\./);
    assert.match(text, / unpacks at .*; no difference to . that this run can tell\./);
    assert.not.match(text, 'fastest');
  }
});

unless(test, lackOfTime())(
  'of many such pairs hardly one is, and of pairs that differ by a tenth most are',
  () => {
    const told = (slower: number, runs: number): number => {
      let count = 0;
      for (let seed = 1000; seed < 1000 + runs; seed++) {
        if (sayOf(seed, slower, 9).includes('a packs fastest')) count++;
      }
      return count;
    };
    // Of both orders: half of them is of `a`.
    const [same, other] = [told(1, 1000), told(1.1, 200)];
    assert.ok(same <= 5, `${same} of 1000`);
    assert.ok(other >= 160, `${other} of 200`);
  },
);

test.run();
