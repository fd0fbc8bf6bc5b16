import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { identify } from './processes.ts';
import { treeToTar } from './serialisers/tar.ts';
import { MemorySource, readAll } from './streams/source.ts';
import { directorySuite } from './testing/directory.ts';
import { bench } from './testing/in-process.ts';
import { has, lackOfTime } from './testing/needs.ts';
import { richTree, sketchTree } from './testing/trees.ts';
import { applyLayers } from './trees/layers.ts';

const test = directorySuite('command line', lackOfTime());

test('a merge names the directory that is no shard', async ({ directory }) => {
  const { status, err } = await bench(directory, ['merge', 'x', '--out', 'y']);
  assert.is(status, 1);
  assert.match(err, /StorageError: no shard in x .*bench run --shard I\/N --out DIR/);
});

test('--version tells name and version', async ({ directory }) => {
  assert.match((await bench(directory, ['--version'])).out, /^ocibench \d+\.\d+\.\d+\n$/);
});

test('help for every verb goes to standard output', async ({ directory }) => {
  const overview = await bench(directory, ['--help']);
  assert.is(overview.status, 0);
  assert.match(overview.out, /^bench +starts the default job, as `bench run` does$/m);
  for (const verb of [
    'run',
    'list',
    'plan',
    'dataset',
    'cache',
    'chunk',
    'pack',
    'unpack',
    'report',
    'export',
  ]) {
    assert.match(overview.out, new RegExp(`^  ${verb} `, 'm'));
    assert.match(overview.out, new RegExp(`^  bench ${verb} .* {2}\\S`, 'm'));
    const help = await bench(directory, [verb, '--help']);
    assert.is(help.status, 0);
    assert.match(help.out, /Examples:\n {2}bench /);
  }
});

test('71 wrong words are exit code 2 with a remedy', async ({ directory }) => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['rnu'], /did you mean 'run'/],
    [['run', '--modle', 'x'], /did you mean '--model'/],
    [['run', '--model', 'catarr'], /did you mean 'catar'/],
    [['run', '--dataset', 'debian-seres'], /did you mean 'debian-series'/],
    [['run', '--image', 'trixei'], /did you mean 'trixie'/],
    [['plan', '--link', 'dsl-20'], /did you mean 'dsl-20ms'/],
    [['list', 'chunker'], /did you mean 'chunkers'/],
    [['chunk', 'x', '--chunker', 'fastcdc:avg=3'], /no such file|StorageError|avg/],
    [['pack', 'x'], /--out is missing/],
    [['dataset', 'ftch'], /did you mean 'fetch'/],
    [['run', '--shard', '8/7'], /--shard is '8\/7' — .*such as 2\/7/],
    [['run', '--shard', '1/2', '--repeat', '7'], /a shard times nothing/],
    [['run', '--shard', '1/2', '--extend', '--out', 'x'], /--extend adds to a run/],
    [['run', 'speed', '--shard', '1/2'], /speed measures by itself, and has no shards/],
    [['trace', '--out', 'x'], /--chunker is missing/],
    [['trace', '--chunker', 'fastcdc'], /--out is missing/],
    [['trace', '--chunker', 'fastcdd', '--out', 'x'], /did you mean 'fastcdc'/],
    [['sql', 'dedup'], /--trace is missing/],
    [['sql', 'dedpu', '--trace', 'x'], /did you mean 'dedup'/],
    [['sketch'], /\(make\|merge\|report\) is missing/],
    [['sketch', 'report', 'x', 'y'], /takes one FILE/],
    [['sketch', 'report', 'x', '--out', 'y'], /--out has no effect on `sketch report`/],
    [['merge'], /DIR is missing/],
    [['merge', 'x'], /--out is missing/],
    [['export', '.', '--format', 'xml'], /unknown format 'xml' — .*known: csv, md, json/],
    [['export', '.', '--format', 'parquet'], /--format parquet needs --out — .*a new file/],
    [['export', '.', '--format', 'csv', '--out', 'x'], /--out has no effect on --format csv/],
    [['export', '.', '--theme', 'paper'], /--theme has no effect on --format csv/],
    [
      ['export', '.', '--format', 'charts', '--out', 'x', '--theme', 'dark'],
      /unknown theme 'dark'/,
    ],
  ];
  for (const [args, says] of cases) {
    const { status, out, err } = await bench(directory, args);
    assert.match(err, says, args.join(' '));
    assert.is(out, '');
    if (args[0] !== 'chunk') assert.is(status, 2, args.join(' '));
  }
});

test('chunk prints one JSON object a line', async ({ directory }) => {
  const bytes = Uint8Array.from({ length: 50_000 }, (_, index) => (index * index) >> 3);
  writeFileSync(join(directory, 'file'), bytes);
  const { status, out } = await bench(directory, [
    'chunk',
    'file',
    '--chunker',
    'fastcdc:avg=4KiB',
    '--digest',
    'sha256',
    '--format',
    'jsonl',
  ]);
  assert.is(status, 0);
  const chunks = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.is(
    chunks.reduce((sum, { length }) => sum + length, 0),
    bytes.length,
  );
  assert.equal(Object.keys(chunks[0]), ['offset', 'length', 'digest']);
  assert.match(chunks[0].digest, /^[0-9a-f]{64}$/);
  const grid = ['--chunker', 'fastcdc:avg=1KiB..4KiB'];
  const stats = (await bench(directory, ['chunk', 'file', 'file', ...grid, '--stats'])).out
    .trim()
    .split('\n');
  const [first] = stats.map((line) => JSON.parse(line));
  assert.is(stats.length, 3);
  assert.is(first.bytes, 100_000);
  assert.is(first.mean, first.bytes / first.count);
  // One pass over all sets of a hash says of each what a pass for it alone says.
  for (const line of stats) {
    const own = ['chunk', 'file', 'file', '--chunker', JSON.parse(line).chunker, '--stats'];
    assert.is((await bench(directory, own)).out.trim(), line);
  }
  const named = (await bench(directory, ['chunk', 'file', ...grid])).out.split('\n');
  assert.match(JSON.parse(named[0]!).chunker, /^fastcdc:avg=1KiB/);
  const twice = await bench(directory, ['chunk', '-', ...grid]);
  assert.is(twice.status, 2);
  assert.match(twice.err, /read once/);
  const missing = await bench(directory, ['chunk', 'nothing', '--chunker', 'fixed:size=1KiB']);
  assert.is(missing.status, 1);
  assert.match(missing.err, /StorageError.*nothing/);
});

test('pack and unpack restore a tar, by every kind of model', async ({ directory }) => {
  const tar = readAll(treeToTar(richTree()));
  writeFileSync(join(directory, 'in.tar'), tar);
  for (const model of ['oci-gzip', 'tar-zstd', 'per-file']) {
    const packed = await bench(directory, [
      'pack',
      'in.tar',
      '--model',
      model,
      '--out',
      `packed-${model}`,
    ]);
    assert.is(packed.status, 0, packed.err);
    assert.is(
      (await bench(directory, ['unpack', `packed-${model}`, '--out', `${model}.tar`])).status,
      0,
    );
    assert.equal(new Uint8Array(readFileSync(join(directory, `${model}.tar`))), tar, model);
  }
  const again = await bench(directory, [
    'pack',
    'in.tar',
    '--model',
    'catar',
    '--out',
    'packed-per-file',
  ]);
  assert.is(again.status, 2);
  assert.match(again.err, /holds an image already/);
});

test('unpack writes files', async ({ directory }) => {
  if (!has('tar')) return;
  const tree = sketchTree({
    d: { type: 'directory', mode: 0o700 },
    'd/a': { content: 'x', mode: 0o640 },
    'd/b': { link: 'd/a' },
    l: { type: 'symlink', target: 'd/a', mode: 0o777 },
  });
  writeFileSync(join(directory, 'in.tar'), readAll(treeToTar(tree)));
  await bench(directory, ['pack', 'in.tar', '--model', 'catar-blob', '--out', 'packed']);
  const { status, err } = await bench(directory, ['unpack', 'packed', '--out', 'tree']);
  assert.is(status, 0, err);
  assert.is(readFileSync(join(directory, 'tree', 'l'), 'utf8'), 'x');
  const round = spawnSync('tar', ['-cf', '-', '-C', join(directory, 'tree'), '.']);
  const back = applyLayers([new MemorySource(round.stdout)]);
  assert.equal(
    back.entries.map(({ path }) => path),
    tree.entries.map(({ path }) => path),
  );
});

test('a run ends in records and a report', async ({ directory }) => {
  writeFileSync(join(directory, 'in.tar'), readAll(treeToTar(richTree())));
  const args = [
    'run',
    '--dataset',
    'in.tar',
    '--model',
    'per-file',
    '--repeat',
    '0',
    '--no-reproducibility',
    '--out',
    'run',
  ];
  const first = await bench(directory, args);
  assert.is(first.status, 0, first.err);
  for (const name of ['run.json', 'records.jsonl', 'report.html', 'summary.csv', 'summary.md']) {
    assert.ok(existsSync(join(directory, 'run', name)), name);
  }
  const again = await bench(directory, args);
  assert.match(again.err, /this run is complete/);
  assert.is((await bench(directory, ['export', 'run', '--format', 'csv'])).status, 0);
  const files = ['parquet', 'charts'].map((format) => [
    '--format',
    format,
    '--out',
    `all.${format}`,
  ]);
  for (const words of files) {
    assert.is((await bench(directory, ['export', 'run', ...words])).status, 0);
    const twice = await bench(directory, ['export', 'run', ...words]);
    assert.match(twice.err, /exists already|is not empty/);
  }
  assert.is(readFileSync(join(directory, 'all.parquet'), 'latin1').slice(0, 4), 'PAR1');
  assert.ok(existsSync(join(directory, 'all.charts', 'stored-bytes.txt')));
  const lock = join(directory, 'run', 'run.lock');
  writeFileSync(lock, JSON.stringify(identify(process.ppid)));
  const refused = await bench(directory, [...args, '--fresh']);
  assert.is(refused.status, 1);
  assert.match(refused.err, `StorageError: process ${process.ppid} on `);
  assert.match(refused.err, 'run.lock');
  assert.ok(existsSync(join(directory, 'run', 'records.jsonl')), 'nothing is removed meanwhile');
  rmSync(lock);
  assert.is((await bench(directory, [...args, '--fresh'])).status, 0);
  // Killed before the first record came.
  const file = (name: string): string => join(directory, 'run', name);
  const measured = readFileSync(file('records.jsonl'));
  const info = JSON.parse(readFileSync(file('run.json'), 'utf8'));
  delete info.finishedAt;
  writeFileSync(file('run.json'), JSON.stringify(info));
  rmSync(file('records.jsonl'));
  assert.is((await bench(directory, args)).status, 0);
  assert.equal(readFileSync(file('records.jsonl')), measured);
});

test.run();
