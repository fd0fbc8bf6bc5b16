import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sampleInfo, sampleRecord } from '../testing/sample-run.ts';
import { busyReason, MachineWatch } from './machine.ts';
import { readRun } from './read.ts';
import type { MachineChecks } from './run.ts';
import { RunMachine } from './run-machine.ts';

/** Checks a machine with these loads, one a check, whose loop takes these times, over and over. */
function watched(loads: readonly number[], times: readonly number[]): MachineChecks {
  const [left, slices] = [[...loads], times.values()];
  let rest = slices;
  const slice = (): number => {
    const next = rest.next();
    if (!next.done) return next.value;
    rest = times.values();
    return rest.next().value!;
  };
  const watch = new MachineWatch(2, { load: () => left.shift()!, slice });
  for (const _ of loads) watch.count(watch.check());
  return watch.checks()!;
}

const idle = watched([0.5, 1, 2], [1]);

test('an idle machine has its load and an even loop', () => {
  assert.equal(idle, { count: 3, threads: 2, highestLoad: 2, referenceMs: 1, slowestShare: 0 });
  assert.is(busyReason({ cores: 2, load: 2, checks: idle }), undefined);
});

test('one interruption in a check is none, waiting for a processor again and again is', () => {
  const once = [9, ...Array.from({ length: 49 }, () => 1)];
  assert.is(watched([0], once).slowestShare, 0);
  // Nine slices in ten at full speed show the best; the tenth waits: 1.4 on average.
  const often = Array.from({ length: 50 }, (_, slice) => (slice % 10 === 0 ? 5 : 1));
  const { slowestShare, referenceMs } = watched([0], often);
  assert.is(referenceMs, 1);
  assert.ok(slowestShare > 0.3, `${slowestShare}`);
});

test('the machine is busy beyond its cores, and beyond 15 % of the loop', () => {
  const reason = (load: number, more: Partial<MachineChecks>): string | undefined =>
    busyReason({ cores: 2, load, checks: { ...idle, ...more } });
  assert.match(reason(2.01, {})!, 'load 2.0 when it began');
  assert.is(reason(2, { highestLoad: 4 }), undefined, "the run's own threads are no other work");
  assert.match(reason(0, { highestLoad: 4.1 })!, 'load 4.1 while it was timed, at most 2 its own');
  assert.is(reason(0, { slowestShare: 0.15 }), undefined);
  assert.match(reason(0, { slowestShare: 0.151 })!, 'took up to 1.15 times its best time');
  assert.match(
    reason(31, { slowestShare: 1 })!,
    'load 31.0 when it began; a reference loop took up to 2.00 times',
  );
});

test('runs from before there were checks wrote the load at their end', () => {
  assert.is(busyReason({ cores: 2, load: 2.4 }), undefined);
  assert.match(busyReason({ cores: 2, load: 31 })!, 'load 31.0 when it began');
});

const runOf = (load: number, checks: MachineChecks) => {
  const info = sampleInfo([{ id: 'm' }]);
  return { ...info, environment: { ...info.environment, load, checks } };
};
const timed = sampleRecord('m', 'throughput.pack', 3, { workers: 1, n: 3 });
const exact = sampleRecord('m', 'stored.bytes', 3);

test('what was timed before an interruption stays as doubtful as it was', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ocibench-machine-'));
  try {
    const plan = { directory, workers: 2 };
    const told: string[] = [];
    const begun = new RunMachine(plan, [timed], (text) => told.push(text));
    assert.is(begun.environment().checks, undefined);
    writeFileSync(join(directory, 'run.json'), JSON.stringify(runOf(31, idle)));
    const machine = new RunMachine(plan, [exact, timed], (text) => told.push(text));
    assert.ok(machine.environment().load >= 31);
    assert.equal(machine.environment().checks, idle);
    machine.checkAndCount();
    const { count, highestLoad } = machine.environment().checks!;
    assert.is(count, 4);
    assert.ok(highestLoad >= 2);
    assert.match(
      told.join(),
      /^the machine of 2 cores was busy \(load .*\): timed figures are kept, and not/,
    );
    assert.is(told.length, 1);
    // Of a cell that another run timed, and every cell of that run: its checks are not this run's.
    const calm = new RunMachine({ directory: join(directory, 'none'), workers: 2 }, [], () => {});
    const checks = { ...idle, slowestShare: 3 };
    for (let cell = 0; cell < 2; cell++) calm.join({ load: 0, checks });
    assert.equal(calm.environment().checks, checks);
    assert.match(busyReason(calm.environment()) ?? '', 'took up to 4.00 times its best');
    calm.join({ load: 0, checks: { ...idle, slowestShare: 0 } });
    assert.equal(calm.environment().checks, checks);
    calm.forget([]);
    assert.is(calm.environment().checks, undefined);
    // Of exact figures alone nothing can be doubted.
    const other = new RunMachine(plan, [exact], () => {});
    assert.is(other.environment().checks, undefined);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('a reader is told, unless nothing was timed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ocibench-machine-'));
  try {
    writeFileSync(join(directory, 'run.json'), JSON.stringify(runOf(2.5, idle)));
    const warnings = async (record: object): Promise<readonly string[]> => {
      writeFileSync(join(directory, 'records.jsonl'), `${JSON.stringify(record)}\n`);
      return (await readRun(directory)).warnings;
    };
    assert.equal(await warnings(timed), [
      'timed figures are not compared, since the machine of 2 cores was busy (load 2.5 when it began)',
    ]);
    assert.equal(await warnings(exact), []);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test.run();
