import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { identify } from './processes.ts';
import { treeToTar } from './serialisers/tar.ts';
import { MemorySource, readAll } from './streams/source.ts';
import { saveArchive, savedFiles } from './testing/layouts.ts';
import { has, lackOfTime, unless } from './testing/needs.ts';
import { richTree, sketchTree } from './testing/trees.ts';
import { applyLayers } from './trees/layers.ts';
import { scriptUrl } from './workers/pool.ts';

const test = unless(suite<{ directory: string }>('command line'), lackOfTime());

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-cli-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const script = fileURLToPath(scriptUrl('./cli', import.meta.url));
const runtime = 'Deno' in globalThis ? ['run', '--quiet', '-A', script] : [script];

interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

function bench(directory: string, ...args: readonly string[]): Outcome {
  return benchWith({}, directory, ...args);
}

function benchWith(
  environment: NodeJS.ProcessEnv,
  directory: string,
  ...args: readonly string[]
): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...runtime, ...args], {
    cwd: directory,
    encoding: 'utf8',
    env: {
      ...process.env,
      XDG_CACHE_HOME: join(directory, 'cache'),
      NO_COLOR: '1',
      ...environment,
    },
  });
  return { status: status ?? -1, out: stdout, err: stderr };
}

test('--version tells name and version', ({ directory }) => {
  assert.match(bench(directory, '--version').out, /^ocibench \d+\.\d+\.\d+\n$/);
});

test('help for every verb goes to standard output', ({ directory }) => {
  const overview = bench(directory, '--help');
  assert.is(overview.status, 0);
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
    const help = bench(directory, verb, '--help');
    assert.is(help.status, 0);
    assert.match(help.out, /Examples:\n {2}bench /);
  }
});

test('list datasets says of each what it is, whether it is pinned, and how to cite it', ({
  directory,
}) => {
  const { status, out } = bench(directory, 'list', 'datasets');
  assert.is(status, 0);
  assert.match(out, /^ {2}debian-series: .*\n {6}5 images \(debian\), pinned\.\n {6}Size: 108 MB/m);
  assert.match(out, /^ {2}jammy10: .*\n {6}10 images \(registry\), not pinned: the first fetch/m);
  assert.match(out, /^ {6}Cite: ocibench dataset apps \d/m);
  assert.ok(out.split('\n').every((line) => line.length <= 100));
  assert.match(bench(directory, 'list').out, /^ {2}debian-series {2}Debian slim/m);
});

test('71 wrong words are exit code 2 with a remedy', ({ directory }) => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['rnu'], /did you mean 'run'/],
    [['run', '--modle', 'x'], /did you mean '--model'/],
    [['run', '--model', 'catarr'], /did you mean 'catar'/],
    [['run', '--repeat', '-1'], /--repeat/],
    [['run', '--dataset', 'debian-seres'], /did you mean 'debian-series'/],
    [['run', '--image', 'sdi'], /did you mean 'sid'/],
    [['plan', '--link', 'dsl-20'], /did you mean 'dsl-20ms'/],
    [['list', 'chunker'], /did you mean 'chunkers'/],
    [['chunk', 'x', '--chunker', 'fastcdc:avg=3'], /no such file|StorageError|avg/],
    [['pack', 'x'], /--out is missing/],
    [['dataset', 'ftch'], /did you mean 'fetch'/],
    [['export', '.', '--format', 'xml'], /unknown format/],
  ];
  for (const [args, says] of cases) {
    const { status, out, err } = bench(directory, ...args);
    assert.match(err, says, args.join(' '));
    assert.is(out, '');
    if (args[0] !== 'chunk') assert.is(status, 2, args.join(' '));
  }
});

test('chunk prints one JSON object a line', ({ directory }) => {
  const bytes = Uint8Array.from({ length: 50_000 }, (_, index) => (index * index) >> 3);
  writeFileSync(join(directory, 'file'), bytes);
  const { status, out } = bench(
    directory,
    'chunk',
    'file',
    '--chunker',
    'fastcdc:avg=4KiB',
    '--digest',
    'sha256',
    '--format',
    'jsonl',
  );
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
  const stats = bench(directory, 'chunk', 'file', 'file', ...grid, '--stats')
    .out.trim()
    .split('\n');
  const [first] = stats.map((line) => JSON.parse(line));
  assert.is(stats.length, 3);
  assert.is(first.bytes, 100_000);
  assert.is(first.mean, first.bytes / first.count);
  const named = bench(directory, 'chunk', 'file', ...grid).out.split('\n');
  assert.match(JSON.parse(named[0]!).chunker, /^fastcdc:avg=1KiB/);
  const twice = bench(directory, 'chunk', '-', ...grid);
  assert.is(twice.status, 2);
  assert.match(twice.err, /read once/);
  const missing = bench(directory, 'chunk', 'nothing', '--chunker', 'fixed:size=1KiB');
  assert.is(missing.status, 1);
  assert.match(missing.err, /StorageError.*nothing/);
});

test('pack and unpack restore a tar, by every kind of model', ({ directory }) => {
  const tar = readAll(treeToTar(richTree()));
  writeFileSync(join(directory, 'in.tar'), tar);
  for (const model of ['oci-gzip', 'tar-zstd', 'per-file']) {
    const packed = bench(directory, 'pack', 'in.tar', '--model', model, '--out', `packed-${model}`);
    assert.is(packed.status, 0, packed.err);
    assert.is(bench(directory, 'unpack', `packed-${model}`, '--out', `${model}.tar`).status, 0);
    assert.equal(new Uint8Array(readFileSync(join(directory, `${model}.tar`))), tar, model);
  }
  const again = bench(directory, 'pack', 'in.tar', '--model', 'catar', '--out', 'packed-per-file');
  assert.is(again.status, 2);
  assert.match(again.err, /holds an image already/);
});

test('unpack writes files', ({ directory }) => {
  if (!has('tar')) return;
  const tree = sketchTree({
    d: { type: 'directory', mode: 0o700 },
    'd/a': { content: 'x', mode: 0o640 },
    'd/b': { link: 'd/a' },
    l: { type: 'symlink', target: 'd/a', mode: 0o777 },
  });
  writeFileSync(join(directory, 'in.tar'), readAll(treeToTar(tree)));
  bench(directory, 'pack', 'in.tar', '--model', 'catar-blob', '--out', 'packed');
  const { status, err } = bench(directory, 'unpack', 'packed', '--out', 'tree');
  assert.is(status, 0, err);
  assert.is(readFileSync(join(directory, 'tree', 'l'), 'utf8'), 'x');
  const round = spawnSync('tar', ['-cf', '-', '-C', join(directory, 'tree'), '.']);
  const back = applyLayers([new MemorySource(round.stdout)]);
  assert.equal(
    back.entries.map(({ path }) => path),
    tree.entries.map(({ path }) => path),
  );
});

test('a run ends in records and a report', ({ directory }) => {
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
  const first = bench(directory, ...args);
  assert.is(first.status, 0, first.err);
  for (const name of ['run.json', 'records.jsonl', 'report.html', 'summary.csv', 'summary.md']) {
    assert.ok(existsSync(join(directory, 'run', name)), name);
  }
  const again = bench(directory, ...args);
  assert.match(again.err, /this run is complete/);
  assert.is(bench(directory, 'export', 'run', '--format', 'csv').status, 0);
  const lock = join(directory, 'run', 'run.lock');
  writeFileSync(lock, JSON.stringify(identify(process.ppid)));
  const refused = bench(directory, ...args, '--fresh');
  assert.is(refused.status, 1);
  assert.match(refused.err, `StorageError: process ${process.ppid} on `);
  assert.match(refused.err, 'run.lock');
  assert.ok(existsSync(join(directory, 'run', 'records.jsonl')), 'nothing is removed meanwhile');
  rmSync(lock);
  assert.is(bench(directory, ...args, '--fresh').status, 0);
  // Killed before the first record came.
  const file = (name: string): string => join(directory, 'run', name);
  const measured = readFileSync(file('records.jsonl'));
  const info = JSON.parse(readFileSync(file('run.json'), 'utf8'));
  delete info.finishedAt;
  writeFileSync(file('run.json'), JSON.stringify(info));
  rmSync(file('records.jsonl'));
  assert.is(bench(directory, ...args).status, 0);
  assert.equal(readFileSync(file('records.jsonl')), measured);
});

test('a plan names the directory of the run, and none while that depends on what is not pinned', ({
  directory,
}) => {
  writeFileSync(join(directory, 'root.tar'), readAll(treeToTar(sketchTree({}))));
  const plan = (...args: readonly string[]): Readonly<Record<string, unknown>> =>
    JSON.parse(bench(directory, 'plan', '--model', 'tar-zstd', ...args).out);
  const local = plan('--dataset', './root.tar');
  const run = bench(
    directory,
    'run',
    '--model',
    'tar-zstd',
    '--dataset',
    './root.tar',
    '--repeat',
    '0',
    '--no-reproducibility',
  );
  assert.is(run.status, 0, run.err);
  assert.equal(local['unpinned'], []);
  assert.ok(existsSync(join(String(local['directory']), 'run.json')), run.out);
  assert.is(bench(directory, 'dataset', 'add', './mine.json', 'localhost:1/a:b').status, 0);
  const open = plan('--dataset', './mine.json');
  assert.equal([open['dataset'], open['unpinned'], open['directory']], ['mine', ['a-b'], null]);
  const named = plan('--dataset', './mine.json', '--out', 'here');
  assert.is(named['directory'], join(realpathSync(directory), 'here'));
});

test('a bound of the cache holds after each fetch; what the fetch itself needs stays', ({
  directory,
}) => {
  const layers: string[] = [];
  for (const [index, word] of ['a', 'b', 'c'].entries()) {
    const bytes = readAll(treeToTar(sketchTree({ [word]: { content: word.repeat(3000) } })));
    writeFileSync(join(directory, `${word}.tar`), bytes);
    const name = `./${word}.json`;
    assert.is(bench(directory, 'dataset', 'add', name, `./${word}.tar`).status, 0);
    const size = index < 2 ? [] : ['--cache-size', '1KiB'];
    const fetched = bench(directory, 'dataset', 'fetch', name, ...size);
    assert.is(fetched.status, 0, fetched.err);
    layers.push(fetched.out.trim().split('\t')[2]!);
    if (index === 1) assert.ok(existsSync(layers[0]!), 'no bound, nothing goes');
    const before = new Date(Date.now() - 3_600_000);
    utimesSync(layers[index]!, before, before);
  }
  assert.equal(layers.map(existsSync), [false, false, true]);
  const environment = { OCIBENCH_CACHE_SIZE: '1KiB' };
  const again = benchWith(environment, directory, 'dataset', 'fetch', './a.json');
  assert.is(again.out.trim().split('\t')[2], layers[0]);
  assert.equal(layers.map(existsSync), [true, false, false]);
  const wrong = benchWith({ OCIBENCH_CACHE_SIZE: 'much' }, directory, 'dataset', 'fetch');
  assert.is(wrong.status, 2);
  assert.match(wrong.err, /OCIBENCH_CACHE_SIZE is 'much'.*a size such as 20GiB/);
});

test('66 what decays in the cache is found, removed, and there again after the next fetch', ({
  directory,
}) => {
  writeFileSync(join(directory, 'root.tar'), readAll(treeToTar(richTree())));
  assert.is(bench(directory, 'dataset', 'add', './mine.json', './root.tar').status, 0);
  const fetched = bench(directory, 'dataset', 'fetch', './mine.json');
  const [, , layer = ''] = fetched.out.trim().split('\t');
  assert.match(bench(directory, 'cache', 'size').out, /^blobs\t1 files\t\d{6} bytes$/m);
  assert.is(bench(directory, 'cache', 'check').status, 0);
  const bytes = readFileSync(layer);
  bytes[1000]! ^= 1;
  writeFileSync(layer, bytes);
  const check = bench(directory, 'cache', 'check');
  assert.is(check.status, 1);
  assert.ok(check.out.includes(layer), check.out);
  assert.not.ok(existsSync(layer));
  assert.is(bench(directory, 'dataset', 'fetch', './mine.json').out, fetched.out);
  assert.match(bench(directory, 'dataset', 'show', './mine.json').out, /1 fifo .*\n +other 99/);
  assert.match(bench(directory, 'cache', 'gc', '--max-size', '1KiB').out, /removed 1 files/);
  assert.not.ok(existsSync(layer));
  assert.match(bench(directory, 'cache', 'gc', '--max-size', 'much').err, /a size such as 20GiB/);
  assert.match(bench(directory, 'cache', 'chekc').err, /did you mean 'check'/);
});

test('an image on disk is named by path, name and platform, wherever datasets are read', ({
  directory,
}) => {
  saveArchive(
    join(directory, 'two.tar'),
    savedFiles([
      { tags: ['a:1'], content: 'a' },
      { tags: ['b:1'], architecture: 'arm64', content: 'b' },
    ]),
  );
  const several = bench(directory, 'dataset', 'show', './two.tar');
  assert.is(several.status, 1);
  assert.match(several.err, /^InputError: 2 images, and nothing says which .*a:1, b:1\n$/);
  for (const args of [
    ['dataset', 'show', './two.tar#b:1'],
    ['dataset', 'fetch', 'two.tar', '--platform', 'linux/arm64'],
    ['plan', '--dataset', 'two.tar', '--platform', 'linux/arm64'],
    ['pack', 'two.tar#b:1', '--model', 'tar-zstd', '--out', 'packed'],
  ]) {
    const { status, err } = bench(directory, ...args);
    assert.is(status, 0, err);
  }
  const run = ['run', '--dataset', 'two.tar#b:1', '--model', 'tar-zstd', '--repeat', '0'];
  const done = bench(directory, ...run, '--no-reproducibility', '--out', 'run');
  assert.is(done.status, 0, done.err);
  const info = JSON.parse(readFileSync(join(directory, 'run', 'run.json'), 'utf8'));
  assert.is(info.images[0].title, 'two.tar#b:1');
  for (const [platform, says] of [
    ['linux/s390x', /no image for linux\/s390x/],
    ['arm64', /--platform is 'arm64'/],
  ] as const) {
    const { status, err } = bench(directory, 'dataset', 'show', 'two.tar', '--platform', platform);
    assert.is.not(status, 0);
    assert.match(err, says);
  }
});

test.run();
