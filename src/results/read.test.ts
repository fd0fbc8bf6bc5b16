import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError, StorageError } from '../errors.ts';
import { sampleInfo, sampleRecord } from '../testing/sample-run.ts';
import { readRun } from './read.ts';
import { sealOf } from './seal.ts';

const test = suite<{ directory: string }>('reading a run');

const info = sampleInfo([{ id: 'm' }]);
const first = sampleRecord('m', 'stored.bytes', 1);
const second = sampleRecord('m', 'stored.blobs', 2);

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-read-'));
  writeFileSync(join(context.directory, 'run.json'), JSON.stringify(info));
  const lines = [first, second].map((record) => `${JSON.stringify(record)}\n`);
  writeFileSync(join(context.directory, 'records.jsonl'), lines.join(''));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

/** The error that reading ends with, after `text` was appended to the records. */
async function faultOf(directory: string, text: string): Promise<InputError> {
  appendFileSync(join(directory, 'records.jsonl'), text);
  try {
    await readRun(directory);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('nothing was found wrong');
}

test('gives what was written', async ({ directory }) => {
  assert.equal(await readRun(directory), { info, records: [first, second], warnings: [] });
});

test('68 a last line that was cut is left out with a warning', async ({ directory }) => {
  appendFileSync(join(directory, 'records.jsonl'), JSON.stringify(first).slice(0, 30));
  const { records, warnings } = await readRun(directory);
  assert.is(records.length, 2);
  assert.equal(warnings, ['the last line of records.jsonl (3) was cut and is left out']);
});

test('68 of a value that is there twice the last counts, with a warning', async ({ directory }) => {
  const again = { ...first, value: 7 };
  appendFileSync(join(directory, 'records.jsonl'), `${JSON.stringify(again)}\n`);
  const { records, warnings } = await readRun(directory);
  assert.equal(records, [again, second]);
  assert.equal(warnings, ['1 value recorded twice: the last counts']);
});

test('records that are not those that the run left are said to be', async ({ directory }) => {
  const path = join(directory, 'records.jsonl');
  const text = readFileSync(path, 'utf8');
  const damaged = async (now: string): Promise<string | undefined> => {
    writeFileSync(path, now);
    const { damage, warnings } = await readRun(directory);
    assert.equal(warnings, damage === undefined ? [] : [damage]);
    return damage;
  };
  writeFileSync(join(directory, 'run.json'), JSON.stringify({ ...info, records: sealOf(text) }));
  assert.is(await damaged(text), undefined);
  const cut = text.slice(0, text.indexOf('\n') + 1);
  assert.match((await damaged(cut)) ?? '', 'left it: 1 of 2 records are missing; ');
  assert.match((await damaged(text.replace('"value":1', '"value":9'))) ?? '', 'it was edited');
});

test('a run under way is said to be', async ({ directory }) => {
  const { finishedAt: _, ...begun } = info;
  writeFileSync(join(directory, 'run.json'), JSON.stringify(begun));
  assert.equal((await readRun(directory)).warnings, ['the run has not ended, or was interrupted']);
});

test('68 a bad line is named by file, line and field', async ({ directory }) => {
  const error = await faultOf(directory, `${JSON.stringify({ ...first, unit: 'count' })}\n`);
  assert.equal(error.where, { file: join(directory, 'records.jsonl'), line: 3, field: 'unit' });
  assert.is(error.message, 'is count, not bytes');
});

for (const [what, line] of [
  ['text', 'nonsense'],
  ['an empty line', ''],
  ['a list', '[]'],
  ['null', 'null'],
  ['NaN', JSON.stringify(first).replace('"value":1', '"value":NaN')],
  ['a number beyond all bounds', JSON.stringify(first).replace('"value":1', '"value":1e999')],
] as const) {
  test(`68 ${what} is no record`, async ({ directory }) => {
    assert.is((await faultOf(directory, `${line}\n`)).where.line, 3);
  });
}

test('a damaged run.json or verdict.json is named by file and field, with a hint', async ({
  directory,
}) => {
  const { planned: _, ...older } = info;
  for (const [file, content, field, says, hint] of [
    ['run.json', older, 'planned', /^this field is missing$/, /--fresh/],
    ['run.json', { ...info, startedAt: 7 }, 'startedAt', /^this field cannot be 7$/, /--fresh/],
    ['run.json', { ...info, newer: 1 }, 'newer', /^this version knows no such field$/, /--fresh/],
    ['verdict.json', {}, 'experiment', /^this field is missing$/, /run the experiment again/],
  ] as const) {
    writeFileSync(join(directory, 'run.json'), JSON.stringify(info));
    writeFileSync(join(directory, file), JSON.stringify(content));
    const error = await faultOf(directory, '');
    assert.equal(error.where, { file: join(directory, file), field });
    assert.match(error.message, says);
    assert.match(error.remedy, hint);
  }
});

test('68 another method is said to be another method', async ({ directory }) => {
  writeFileSync(join(directory, 'run.json'), '{"method":7}');
  assert.match((await faultOf(directory, '')).message, 'measured by method 7');
});

test('68 records of another method or dataset are left out, and counted', async ({ directory }) => {
  const path = join(directory, 'records.jsonl');
  const { length } = (await readRun(directory)).records;
  const foreign = JSON.stringify({ ...first, dataset: `other@sha256:${'f'.repeat(64)}` });
  appendFileSync(path, `{"method":2,"new":"fields"}\n${foreign}\n`);
  const { records, warnings } = await readRun(directory);
  assert.is(records.length, length);
  assert.match(warnings.join(), '2 records of another dataset or method left out');
});

test('a directory without a run is said to be', async ({ directory }) => {
  try {
    await readRun(join(directory, 'missing'));
    assert.unreachable();
  } catch (error) {
    assert.instance(error, StorageError);
  }
});

test.run();
