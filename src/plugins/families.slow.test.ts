import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { ResultRecord } from '../results/record.ts';
import { bench as benchHere } from '../testing/in-process.ts';
import { bench, FAST, pluginSuite, prepare, read, recordsOf } from '../testing/plugin-runs.ts';
import { everyFamily } from '../testing/plugin-text.ts';

const test = pluginSuite('members of plug-ins');

test('members of every family work together, and a run is read without them', async ({
  directory,
}) => {
  prepare(directory, { 'every.ts': everyFamily });
  const plugin = ['--plugin', 'every.ts'];
  const run = bench(
    directory,
    'run',
    ...FAST,
    ...plugin,
    '--model',
    'every',
    '--model',
    'tar-zstd',
  );
  assert.is(run.status, 0, run.err);
  const means = recordsOf(directory).filter(({ measure }) => measure === 'every.mean_object');
  assert.is(means.length, 4);
  assert.ok(means.every((record) => 'value' in record && Number(record.value) > 0));
  assert.match(read(directory, 'out/summary.csv').split('\n')[0]!, /,every\.mean_object,/);
  assert.match(read(directory, 'out/report.html'), /Mean stored object/);
  assert.ok(existsSync(join(directory, 'out/charts/every-mean.svg')));

  const without = await benchHere(directory, ['report', 'out']);
  assert.is(without.status, 0, without.err);
  assert.not.ok(existsSync(join(directory, 'out/charts/every-mean.svg')));
  assert.match(read(directory, 'out/summary.md'), /of plug-in every\.ts cannot be shown/);
  const { out } = await benchHere(directory, ['export', 'out', '--format', 'json']);
  const exported = JSON.parse(out) as { records: readonly ResultRecord[] };
  assert.equal(exported.records, recordsOf(directory));
  assert.is(bench(directory, 'report', 'out', ...plugin).status, 0);
  assert.ok(existsSync(join(directory, 'out/charts/every-mean.svg')));
  assert.not.match(read(directory, 'out/summary.md'), /cannot be shown/);

  const unknown = read(directory, 'out/records.jsonl').replaceAll('"every.mean', '"other.mean');
  writeFileSync(join(directory, 'out/records.jsonl'), unknown);
  assert.is((await benchHere(directory, ['report', 'out'])).status, 1);

  const experiment = ['run', 'every-experiment', '--dataset', 'tiny.json', '--out', 'answer'];
  const answer = bench(directory, ...experiment, ...plugin);
  assert.is(answer.status, 0, answer.err);
  assert.match(answer.out, /Images: 2\./);
  const listed = bench(directory, 'list', ...plugin).out;
  for (const name of [
    'halves',
    'turned',
    'own-layers',
    'own-objects',
    'all-at-once',
    'every-experiment',
  ]) {
    assert.match(listed, new RegExp(`^ {2}${name} `, 'm'));
  }
});

test.run();
