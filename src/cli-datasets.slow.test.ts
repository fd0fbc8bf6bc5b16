import { existsSync, readFileSync, realpathSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { treeToTar } from './serialisers/tar.ts';
import { readAll } from './streams/source.ts';
import { directorySuite } from './testing/directory.ts';
import { bench } from './testing/in-process.ts';
import { saveArchive, savedFiles } from './testing/layouts.ts';
import { lackOfTime } from './testing/needs.ts';
import { richTree, sketchTree } from './testing/trees.ts';

const test = directorySuite('command line: datasets and cache', lackOfTime());

test('list datasets says of each what it is, whether it is pinned, and how to cite it', async ({
  directory,
}) => {
  const { status, out } = await bench(directory, ['list', 'datasets']);
  assert.is(status, 0);
  assert.match(out, /^ {2}debian-updates: .*\n {6}8 images \(debian\), pinned\.\n {6}Size: 76 MB/m);
  assert.match(out, /^ {2}jammy10: .*\n {6}10 images \(registry\), not pinned: the first fetch/m);
  assert.match(out, /^ {6}Cite: ocibench dataset apps \d/m);
  assert.ok(out.split('\n').every((line) => line.length <= 100));
  assert.match((await bench(directory, ['list'])).out, /^ {2}debian-updates +Debian slim/m);
});

test('a plan names the directory of the run, and none while that depends on what is not pinned', async ({
  directory,
}) => {
  writeFileSync(join(directory, 'root.tar'), readAll(treeToTar(sketchTree({}))));
  const plan = async (...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> =>
    JSON.parse((await bench(directory, ['plan', '--json', '--model', 'tar-zstd', ...args])).out);
  const local = await plan('--dataset', './root.tar');
  const run = await bench(directory, [
    'run',
    '--model',
    'tar-zstd',
    '--dataset',
    './root.tar',
    '--repeat',
    '0',
    '--no-reproducibility',
  ]);
  assert.is(run.status, 0, run.err);
  assert.equal(local['unpinned'], []);
  assert.ok(existsSync(join(String(local['directory']), 'run.json')), run.out);
  assert.is(
    (await bench(directory, ['dataset', 'add', './mine.json', 'localhost:1/a:b'])).status,
    0,
  );
  const open = await plan('--dataset', './mine.json');
  assert.equal([open['dataset'], open['unpinned'], open['directory']], ['mine', ['a-b'], null]);
  const named = await plan('--dataset', './mine.json', '--out', 'here');
  assert.is(named['directory'], join(realpathSync(directory), 'here'));
});

test('a bound of the cache holds after each fetch; what the fetch itself needs stays', async ({
  directory,
}) => {
  const layers: string[] = [];
  for (const [index, word] of ['a', 'b', 'c'].entries()) {
    const bytes = readAll(treeToTar(sketchTree({ [word]: { content: word.repeat(3000) } })));
    // A plain tar is measured where it lies.
    writeFileSync(join(directory, `${word}.tar.gz`), gzipSync(bytes));
    const name = `./${word}.json`;
    assert.is((await bench(directory, ['dataset', 'add', name, `./${word}.tar.gz`])).status, 0);
    const size = index < 2 ? [] : ['--cache-size', '1KiB'];
    const fetched = await bench(directory, ['dataset', 'fetch', name, ...size]);
    assert.is(fetched.status, 0, fetched.err);
    layers.push(fetched.out.trim().split('\t')[2]!);
    if (index === 1) assert.ok(existsSync(layers[0]!), 'no bound, nothing goes');
    const before = new Date(Date.now() - 3_600_000);
    utimesSync(layers[index]!, before, before);
  }
  assert.equal(layers.map(existsSync), [false, false, true]);
  const environment = { OCIBENCH_CACHE_SIZE: '1KiB' };
  const again = await bench(directory, ['dataset', 'fetch', './a.json'], environment);
  assert.is(again.out.trim().split('\t')[2], layers[0]);
  assert.equal(layers.map(existsSync), [true, false, false]);
  const wrong = await bench(directory, ['dataset', 'fetch'], { OCIBENCH_CACHE_SIZE: 'much' });
  assert.is(wrong.status, 2);
  assert.match(wrong.err, /OCIBENCH_CACHE_SIZE is 'much'.*a size such as 20GiB/);
});

test('66 what decays in the cache is found, removed, and there again after the next fetch', async ({
  directory,
}) => {
  writeFileSync(join(directory, 'root.tar.gz'), gzipSync(readAll(treeToTar(richTree()))));
  assert.is((await bench(directory, ['dataset', 'add', './mine.json', './root.tar.gz'])).status, 0);
  const fetched = await bench(directory, ['dataset', 'fetch', './mine.json']);
  const [, , layer = ''] = fetched.out.trim().split('\t');
  assert.match((await bench(directory, ['cache', 'size'])).out, /^blobs\t1 files\t\d{6} bytes$/m);
  assert.is((await bench(directory, ['cache', 'check'])).status, 0);
  const bytes = readFileSync(layer);
  bytes[1000]! ^= 1;
  writeFileSync(layer, bytes);
  const check = await bench(directory, ['cache', 'check']);
  assert.is(check.status, 1);
  assert.ok(check.out.includes(layer), check.out);
  assert.not.ok(existsSync(layer));
  assert.is((await bench(directory, ['dataset', 'fetch', './mine.json'])).out, fetched.out);
  assert.match(
    (await bench(directory, ['dataset', 'show', './mine.json'])).out,
    /1 fifo .*\n +other 99/,
  );
  assert.match(
    (await bench(directory, ['cache', 'gc', '--max-size', '1KiB'])).out,
    /removed 1 files/,
  );
  assert.not.ok(existsSync(layer));
  assert.match(
    (await bench(directory, ['cache', 'gc', '--max-size', 'much'])).err,
    /a size such as 20GiB/,
  );
  assert.match((await bench(directory, ['cache', 'chekc'])).err, /did you mean 'check'/);
});

test('an image on disk is named by path, name and platform, wherever datasets are read', async ({
  directory,
}) => {
  saveArchive(
    join(directory, 'two.tar'),
    savedFiles([
      { tags: ['a:1'], content: 'a' },
      { tags: ['b:1'], architecture: 'arm64', content: 'b' },
    ]),
  );
  const several = await bench(directory, ['dataset', 'show', './two.tar']);
  assert.is(several.status, 1);
  assert.match(several.err, /^InputError: 2 images, and nothing says which .*a:1, b:1\n$/);
  for (const args of [
    ['dataset', 'show', './two.tar#b:1'],
    ['dataset', 'fetch', 'two.tar', '--platform', 'linux/arm64'],
    ['plan', '--dataset', 'two.tar', '--platform', 'linux/arm64'],
    ['pack', 'two.tar#b:1', '--model', 'tar-zstd', '--out', 'packed'],
  ]) {
    const { status, err } = await bench(directory, args);
    assert.is(status, 0, err);
  }
  const run = ['run', '--dataset', 'two.tar#b:1', '--model', 'tar-zstd', '--repeat', '0'];
  const done = await bench(directory, [...run, '--no-reproducibility', '--out', 'run']);
  assert.is(done.status, 0, done.err);
  const info = JSON.parse(readFileSync(join(directory, 'run', 'run.json'), 'utf8'));
  assert.is(info.images[0].title, 'two.tar#b:1');
  for (const [platform, says] of [
    ['linux/s390x', /no image for linux\/s390x/],
    ['arm64', /--platform is 'arm64'/],
  ] as const) {
    const { status, err } = await bench(directory, [
      'dataset',
      'show',
      'two.tar',
      '--platform',
      platform,
    ]);
    assert.is.not(status, 0);
    assert.match(err, says);
  }
});

test.run();
