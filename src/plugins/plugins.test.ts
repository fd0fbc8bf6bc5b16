import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { projectDirectory } from '../project.ts';
import type { ResultRecord } from '../results/record.ts';
import type { RunInfo } from '../results/run.ts';
import { lackOfTime, unless } from '../testing/needs.ts';
import { chunkerText, everyFamily, measureText } from '../testing/plugin-text.ts';
import { writeDataset } from '../testing/tiny-run.ts';
import { richTree, sketchTree } from '../testing/trees.ts';
import { scriptUrl } from '../workers/pool.ts';

/** From a directory that is not in this tree, by the command line. */
const test = unless(suite<{ directory: string }>('plug-ins'), lackOfTime());

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-plugin-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const script = fileURLToPath(scriptUrl('../cli', import.meta.url));
const runtime = 'Deno' in globalThis ? ['run', '--quiet', '-A', script] : [script];

interface Outcome {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function bench(directory: string, ...args: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...runtime, ...args], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, XDG_CACHE_HOME: join(directory, 'cache'), NO_COLOR: '1' },
  });
  return { status, out: stdout, err: stderr };
}

const read = (directory: string, path: string): string =>
  readFileSync(join(directory, path), 'utf8');

function recordsOf(directory: string, run = 'out'): readonly ResultRecord[] {
  const lines = read(directory, join(run, 'records.jsonl')).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as ResultRecord);
}

/** Two small images, and plug-ins by file name. */
function prepare(directory: string, files: Readonly<Record<string, string>>): void {
  writeDataset(directory, [richTree(), sketchTree({ a: { content: 'one\ntwo\n'.repeat(9000) } })]);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
}

const FAST = ['--dataset', 'tiny.json', '--out', 'out', '--repeat', '0', '--no-reproducibility'];

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
  // Timed and reproduced: threads, processes and the other runtime have it too.
  const words = [...plugin, '--model', chain, '--model', 'catar', '--dataset', 'tiny.json'];
  const run = bench(directory, 'run', ...words, '--out', 'out', '--repeat', '1', '--workers', '2');
  assert.is(run.status, 0, run.err);
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

test('members of every family work together, and a run is read without them', ({ directory }) => {
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

  const without = bench(directory, 'report', 'out');
  assert.is(without.status, 0, without.err);
  assert.not.ok(existsSync(join(directory, 'out/charts/every-mean.svg')));
  assert.match(read(directory, 'out/summary.md'), /of plug-in every\.ts cannot be shown/);
  const exported = JSON.parse(bench(directory, 'export', 'out', '--format', 'json').out) as {
    records: readonly ResultRecord[];
  };
  assert.equal(exported.records, recordsOf(directory));
  assert.is(bench(directory, 'report', 'out', ...plugin).status, 0);
  assert.ok(existsSync(join(directory, 'out/charts/every-mean.svg')));
  assert.not.match(read(directory, 'out/summary.md'), /cannot be shown/);

  const unknown = read(directory, 'out/records.jsonl').replaceAll('"every.mean', '"other.mean');
  writeFileSync(join(directory, 'out/records.jsonl'), unknown);
  assert.is(bench(directory, 'report', 'out').status, 1);

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

test('other code is another model and another run', ({ directory }) => {
  const [whole, half] = ['(bytes, start) => bytes.length - start', '() => 1'];
  prepare(directory, { 'own.js': chunkerText('own', whole) });
  const words = [...FAST, '--plugin', 'own.js', '--model', 'tar|own|zstd|objects|get'];
  assert.is(bench(directory, 'run', ...words).status, 0);
  const pack = ['pack', 'v1.tar', '--model', 'tar|own|zstd|objects|get', '--plugin', 'own.js'];
  assert.is(bench(directory, ...pack, '--out', 'packed').status, 0);
  const unpack = ['unpack', 'packed', '--out'];
  assert.is(bench(directory, ...unpack, 'a.tar', '--plugin', 'own.js').status, 0);
  const planned = (): string =>
    bench(directory, 'plan', '--dataset', 'tiny.json', ...words.slice(-4)).out;
  const before = planned();

  assert.match(
    bench(directory, ...unpack, 'b.tar').err,
    /'own@[0-9a-f]{8}' is of a plug-in that is not loaded/,
  );
  writeFileSync(join(directory, 'own.js'), chunkerText('own', half));
  assert.is.not(planned(), before);
  const again = bench(directory, 'run', ...words);
  assert.is(again.status, 2);
  assert.match(again.err, /holds another run: .*plug-in own\.js@sha256:/s);
  const stale = bench(directory, ...unpack, 'b.tar', '--plugin', 'own.js');
  assert.match(stale.err, /'own@[0-9a-f]{8}' is of other code than own\.js/);
  const extended = bench(directory, 'run', ...words, '--extend');
  assert.match(extended.err, /'own@[0-9a-f]{8}' is of other code than own\.js/);
});

test('what a plug-in cannot make is told before anything is packed', ({ directory }) => {
  const vague = `export default { serialisers: [{ name: 'vague', title: 't', source: 's', parameters: [],
    streams: 'archives', create: () => ({ fidelity: {} }) }] };`;
  prepare(directory, { 'vague.js': vague });
  const words = [...FAST, '--plugin', 'vague.js', '--model', 'vague|whole|none|objects|get'];
  const run = bench(directory, 'run', ...words);
  assert.is(run.status, 1);
  assert.match(run.err, /PluginError: serialiser 'vague@[0-9a-f]{8}' cannot be made: its fidelity/);
  assert.match(run.err, /file vague\.js/);
  assert.not.ok(existsSync(join(directory, 'out')));
});

test('an experiment without a verdict that can be kept is named', ({ directory }) => {
  const text = (
    name: string,
    verdict: string,
  ): string => `export default { experiments: [{ name: '${name}',
    title: 't', claims: 'c', packed: ['tar-zstd'], swept: [], verdict: ${verdict} }] };`;
  prepare(directory, {
    'mute.js': text('mute', '() => { throw new Error("no words"); }'),
    'loose.js': text('loose', '() => [{ text: "so it is" }]'),
    'lost.js': text('lost', '({ number }) => [number("v9", "m", "stored.bytes")]'),
  });
  const ask = (name: string): Outcome =>
    bench(
      directory,
      'run',
      name,
      '--dataset',
      'tiny.json',
      '--out',
      name,
      '--plugin',
      `${name}.js`,
    );
  const mute = ask('mute');
  assert.is(mute.status, 1);
  assert.match(mute.err, /PluginError: experiment 'mute' has no verdict: no words/);
  const loose = ask('loose');
  assert.is(loose.status, 1);
  assert.match(loose.err, /PluginError: experiment 'loose' has no verdict: finding 0\.cases/);
  assert.not.ok(existsSync(join(directory, 'loose/verdict.json')));
  assert.match(ask('lost').out, /undecided/);
});

test('a broken member costs its own cells', ({ directory }) => {
  const broken = {
    'lies.js': chunkerText('lies', '(bytes, start) => (start > 70000 ? 0 : 1)'),
    'throws.js': chunkerText('throws', '() => { throw new Error("no table"); }'),
    'loses.js': `export default { codecs: [{ name: 'loses', title: 't', source: 's', parameters: [], create: () => ({
      mediaTypeSuffix: '', compress: (bytes) => bytes.subarray(1), decompress: (bytes, length) => new Uint8Array(length) }) }] };`,
    'moves.js': `let calls = 0; export default ({ readAll, MemorySource, applyLayers }) => ({ serialisers: [{ name: 'moves', title: 't',
      source: 's', parameters: [], streams: 'archives', create: () => ({ fidelity: { mtime: 'none',
      hardlinks: true, xattrs: true, devices: true, sparse: false, ownerNames: true, whiteouts: false }, restore: applyLayers,
      serialise: ({ layers }) => ({ streams: [{ bytes: new MemorySource(new Uint8Array(++calls)), layer: 0 }] }) }) }] });`,
    'greedy.js': `export default { fetchers: [{ name: 'greedy', title: 't', source: 's', parameters: [],
      fetcher: { rounds: ({ config }) => [[{ kind: 'blob', digest: config.digest, role: 'content', bytes: 1e9 }]] } }] };`,
    'counts.js': measureText(
      'counts.images',
      '() => { let n = 0; return { add: () => { if (n++) throw new Error("two"); return n; } }; }',
    ),
    'strays.js': measureText(
      'strays.images',
      '() => ({ add: () => [{ image: "v9", client: "-", measure: "strays.images", value: 1 }] })',
    ),
    'invents.js': measureText('invents.images', '() => ({ add: () => Number.NaN })'),
    'draws.js':
      'export default { charts: [() => { throw new Error("no ink"); }, () => ({ name: "pareto" })] };',
  };
  prepare(directory, broken);
  const chains = [
    'tar|lies|none|objects|get',
    'tar|throws|none|objects|get',
    'tar|whole|loses|objects|get',
    'moves|whole|none|objects|get',
    'tar|whole|none|objects|greedy',
    'tar-zstd',
  ];
  const run = bench(
    directory,
    'run',
    ...FAST,
    ...Object.keys(broken).flatMap((file) => ['--plugin', file]),
    ...chains.flatMap((chain) => ['--model', chain]),
  );
  assert.is(run.status, 1, run.err);
  assert.not.match(run.err, /this is a bug in ocibench/);
  assert.match(run.err, /file lies\.js/);
  const records = recordsOf(directory);
  const errors = records.flatMap((one) =>
    'error' in one ? [`${one.model} ${one.measure}: ${one.error}`] : [],
  );
  for (const says of [
    /lies@.*: PluginError: chunker 'lies@[0-9a-f]{8}' /,
    /throws@.*: PluginError: chunker 'throws@[0-9a-f]{8}' .*no table/,
    /loses@.*: PluginError: codec 'loses@[0-9a-f]{8}' breaks its contract: does not restore/,
    /moves@.*: PluginError: serialiser 'moves@[0-9a-f]{8}' breaks its contract/,
    /greedy@\S* transfer\.bytes: PluginError: fetcher 'greedy@[0-9a-f]{8}' breaks its contract/,
    /counts\.images: PluginError: measure 'counts\.images' failed: two/,
    /strays\.images: PluginError: measure 'strays\.images' failed: it gave a figure of image 'v9'/,
    /invents\.images: PluginError: invents\.images is NaN/,
  ]) {
    assert.ok(
      errors.some((text) => says.test(text)),
      `${says}\n${errors.join('\n')}`,
    );
  }
  const whole = records.filter(({ model }) => model === 'tar|whole|zstd:level=3|layers|get');
  const stored = whole.filter((one) => one.measure === 'stored.bytes' && 'value' in one);
  assert.is(stored.length, 2);
  const counted = whole.filter((one) => one.measure === 'counts.images' && 'value' in one);
  assert.is(counted.length, 1, 'what was right before the fault is kept');
  const summary = read(directory, 'out/summary.md');
  assert.match(summary, /a chart of draws\.js cannot be drawn: charts\.0 failed: no ink/);
  assert.match(summary, /a chart of draws\.js cannot be drawn: charts\.1 is not named draws-/);
  assert.ok(readdirSync(join(directory, 'out/charts')).includes('stored-bytes.svg'));
});

test.run();
