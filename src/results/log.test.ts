import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { failure, planOrder, toRecord } from './compose.ts';
import { RecordLog } from './log.ts';
import type { ResultRecord } from './record.ts';
import { recordSchema } from './schema.ts';

const test = suite<{ directory: string }>('record log');

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-log-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const record = (image: string, value: number): ResultRecord =>
  toRecord('d@sha256:0', 'm', { image, client: '-', measure: 'dedup.objects', value });
const lines = (directory: string): string[] =>
  readFileSync(join(directory, 'records.jsonl'), 'utf8').split('\n').slice(0, -1);

test('what was timed stays as it was; an exact value that differs replaces the one known', ({
  directory,
}) => {
  const log = RecordLog.open(directory);
  const timed = (value: number): ResultRecord =>
    toRecord('d@sha256:0', 'm', { image: 'a', client: '-', measure: 'throughput.pack', value });
  log.append([record('a', 1), timed(7)]);
  log.append([record('a', 1), record('b', 3), timed(8)]);
  const values = (): readonly unknown[] => lines(directory).map((line) => JSON.parse(line).value);
  assert.equal(values(), [1, 7, 3]);
  log.append([record('a', 2)]);
  assert.equal(values(), [1, 7, 3, 2]);
  assert.equal(
    log.records.map((one) => 'value' in one && one.value),
    [2, 7, 3],
  );
  log.close();
  const again = RecordLog.open(directory);
  assert.ok(again.has(record('a', 0)));
  assert.not.ok(again.has(record('c', 0)));
});

test('68 a line that was cut by a kill is dropped and measured again', ({ directory }) => {
  const log = RecordLog.open(directory);
  log.append([record('a', 1)]);
  log.close();
  appendFileSync(join(directory, 'records.jsonl'), JSON.stringify(record('b', 2)).slice(0, 40));
  const again = RecordLog.open(directory);
  assert.not.ok(again.has(record('b', 2)));
  again.append([record('b', 2)]);
  assert.equal(
    lines(directory).map((line) => JSON.parse(line).image),
    ['a', 'b'],
  );
});

test('a failed cell is tried again, and its success replaces it', ({ directory }) => {
  const log = RecordLog.open(directory);
  log.append([failure('d@sha256:0', 'm', 'a', new Error('no'))]);
  log.close();
  const again = RecordLog.open(directory);
  assert.not.ok(again.has(failure('d@sha256:0', 'm', 'a', '')));
  again.append([record('a', 1)]);
  again.settle('d@sha256:0', 'm', 'a');
  again.arrange(planOrder(['a'], ['m']));
  assert.equal(lines(directory).length, 1);
});

test('a finished log is in the order of the plan, whatever came first', ({ directory }) => {
  const log = RecordLog.open(directory);
  log.append([record('b', 2)]);
  log.append([record('a', 1)]);
  log.arrange(planOrder(['a', 'b'], ['m']));
  assert.equal(
    lines(directory).map((line) => JSON.parse(line).image),
    ['a', 'b'],
  );
});

test('a line that is no JSON is named', ({ directory }) => {
  writeFileSync(join(directory, 'records.jsonl'), `${JSON.stringify(record('a', 1))}\nnonsense\n`);
  assert.throws(
    () => RecordLog.open(directory),
    (error: { where?: { line?: number } }) => error.where?.line === 2,
  );
});

test('75 a value that is none is named before it is used again', ({ directory }) => {
  for (const value of ['1e999', '-1', '0.5', 'null', '"7"']) {
    const line = JSON.stringify(record('a', 1)).replace('"value":1', `"value":${value}`);
    assert.match(line, `"value":${value},`);
    writeFileSync(join(directory, 'records.jsonl'), `${line}\n`);
    assert.throws(
      () => RecordLog.open(directory),
      (error: { where?: { line?: number; field?: string } }) =>
        error.where?.line === 1 && error.where.field === 'value',
    );
  }
});

test('67 a run that another process writes to is refused', ({ directory }) => {
  writeFileSync(join(directory, 'run.lock'), String(process.ppid));
  assert.throws(() => RecordLog.open(directory), /is writing to this run/);
  writeFileSync(join(directory, 'run.lock'), '999999999');
  RecordLog.open(directory).close();
});

test('75 a value that is none is the failure of its measure, and the others are written', ({
  directory,
}) => {
  const log = RecordLog.open(directory);
  const values = [Number.NaN, Number.POSITIVE_INFINITY, undefined, null] as number[];
  log.append([...values.map((value, index) => record(String(index), value)), record('ok', 1)]);
  const written = lines(directory).map((line) => JSON.parse(line));
  for (const [index, value] of values.entries()) {
    const why = `PluginError: dedup.objects is ${value}, not a whole number from 0 in count (`;
    assert.match(written[index].error, `${why}image ${index}`);
    assert.ok(recordSchema.safeParse(written[index]).success);
  }
  assert.is(written[4].value, 1);
  const interval = {
    image: 'a',
    client: '-',
    workers: 1,
    measure: 'throughput.pack',
    value: 1,
  } as const;
  const wide = toRecord('d', 'm', { ...interval, low: 0, high: Number.POSITIVE_INFINITY });
  assert.match(
    'error' in wide ? wide.error : '',
    /throughput.pack, high is Infinity, not a number from 0 in MB/,
  );
});

test.run();
