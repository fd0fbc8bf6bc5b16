import * as assert from 'uvu/assert';
import { projectDirectory } from '../project.ts';
import type { RunInfo } from '../results/run.ts';
import { bench, pluginSuite, prepare, read, recordsOf } from '../testing/plugin-runs.ts';

const test = pluginSuite('plug-ins');

test('the chunker of README.md is at most 15 lines, and in the report beside fastcdc', ({
  directory,
}) => {
  const example = /```ts\n(import type \{ Plugin \}.*?)```/s.exec(
    read(projectDirectory, 'README.md'),
  )![1]!;
  assert.ok(example.trim().split('\n').length <= 15);
  prepare(directory, { 'newline.ts': example });
  const plugin = ['--plugin', './newline.ts'];
  const chain = 'catar|newline|zstd|objects|get';
  const words = ['run', ...plugin, '--dataset', 'tiny.json', '--out', 'out', '--workers', '2'];
  const untimed = ['--repeat', '0', '--no-reproducibility'];
  // Timed and reproduced: threads, processes and the other runtime have it too.
  for (const more of [
    ['--model', chain, '--repeat', '1'],
    ['--extend', '--model', 'catar', ...untimed],
  ]) {
    const run = bench(directory, ...words, ...more);
    assert.is(run.status, 0, run.err);
  }
  const info = JSON.parse(read(directory, 'out/run.json')) as RunInfo;
  const [{ name, digest }] = info.plugins as [{ name: string; digest: string }];
  assert.is(name, 'newline.ts');
  assert.match(digest, /^sha256:[0-9a-f]{64}$/);
  const [{ id }] = info.models as [{ id: string }];
  assert.is(id, `catar|newline@${digest.slice(7, 15)}:min=64KiB|zstd:level=3|objects|get`);
  const records = recordsOf(directory);
  assert.equal(
    records.filter((record) => 'error' in record),
    [],
  );
  const has = (measure: string): boolean =>
    records.some((one) => one.model === id && one.measure === measure && 'value' in one);
  for (const measure of ['stored.bytes', 'transfer.bytes', 'throughput.pack']) {
    assert.ok(has(measure), measure);
  }
  const distinct = records.find(
    (one) => one.model === id && one.measure === 'reproducibility.distinct_digests',
  );
  assert.is(distinct && 'value' in distinct && distinct.value, 1);
  const summary = read(directory, 'out/summary.md');
  assert.match(summary, /newline@/);
  assert.match(summary, /catar/);
  assert.match(read(directory, 'out/report.html'), /newline\.ts, sha256:/);
});

test.run();
