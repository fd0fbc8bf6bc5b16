import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { directorySuite } from './testing/directory.ts';
import { bench } from './testing/in-process.ts';
import { makeLayered } from './testing/layered-images.ts';
import { lackOfTime } from './testing/needs.ts';
import { noise } from './testing/noise.ts';
import { writeDataset } from './testing/tiny-run.ts';
import { sketchTree } from './testing/trees.ts';

const test = directorySuite('command line: claims', lackOfTime());

interface Rows {
  readonly rows: readonly {
    readonly claim: string;
    readonly kind: string;
    readonly verdict: string;
    readonly where?: string;
    readonly n: number;
    readonly figure?: { readonly median: number };
  }[];
}

function makeRoot(directory: string, name: string, id: string, own: number): void {
  mkdirSync(join(directory, name, 'etc'), { recursive: true });
  writeFileSync(join(directory, name, 'etc/os-release'), `ID=${id}\n`);
  writeFileSync(join(directory, name, 'shared'), noise(300_000, 1));
  writeFileSync(join(directory, name, 'own'), noise(100_000, own));
}

test('a claim is judged on own images, and a check tells what is another since', async ({
  directory,
}) => {
  makeRoot(directory, 'one', 'alpha', 7);
  makeRoot(directory, 'two', 'beta', 4);
  const words = ['claims', 'C06', '--dataset', './one', './two', '--out', 'claims'];
  const { status, out, err } = await bench(directory, [...words, '--json']);
  assert.is(status, 0, err);
  const { rows }: Rows = JSON.parse(out);
  const [row] = rows;
  assert.equal([rows.length, row!.claim, row!.kind, row!.n], [1, 'C06', 'pair', 2]);
  assert.is(row!.verdict, 'confirmed');
  // 300 of 400 kB, less what manifest and index take.
  assert.ok(row!.figure!.median > 0.7 && row!.figure!.median < 0.75, String(row!.figure!.median));
  const file = join(directory, 'claims.json');
  writeFileSync(file, out);
  const same = await bench(directory, [...words, '--check', file]);
  assert.is(same.status, 0, same.err);
  assert.match(same.out, /C06 .* confirmed/);
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('confirmed', 'refuted'));
  const other = await bench(directory, [...words, '--check', file]);
  assert.is(other.status, 1);
  assert.match(other.err, 'refuted became confirmed');
  // A file that is none is a wrong word, and no changed verdict.
  writeFileSync(file, '{"rows":');
  assert.is((await bench(directory, [...words, '--check', file])).status, 2);
});

test('all claims of a series that is short are undecided, and say what would decide', async ({
  directory,
}) => {
  await makeLayered(directory);
  const words = ['C01', 'C02', 'C05', 'C10', 'C29', 'C33'];
  const dataset = ['--dataset', './layered.json', '--out', 'claims'];
  const { status, out, err } = await bench(directory, ['claims', ...words, ...dataset, '--json']);
  assert.is(status, 0, err);
  const { rows }: Rows = JSON.parse(out);
  assert.equal([...new Set(rows.map(({ claim }) => claim.split('-')[0]))], words);
  assert.equal([...new Set(rows.map(({ verdict }) => verdict))], ['undecided']);
  for (const { where } of rows) assert.match(where!, /would decide|nothing to compare/);
});

test('pages go beside what others wrote, and never over it: that is found before anything is measured', async ({
  directory,
}) => {
  makeRoot(directory, 'one', 'alpha', 7);
  makeRoot(directory, 'two', 'beta', 4);
  const words = ['claims', 'C06', '--dataset', './one', './two', '--out', 'claims'];
  mkdirSync(join(directory, 'pages'));
  const names = ['README.md', 'c06.md', 'claim-c06.svg'];
  for (const name of names) {
    const path = join(directory, 'pages', name);
    writeFileSync(path, '# My project\n');
    const { status, err } = await bench(directory, [...words, '--pages', 'pages']);
    assert.is(status, 2, err);
    assert.match(err, `pages/${name} is there already`);
    assert.is(readFileSync(path, 'utf8'), '# My project\n');
    rmSync(path);
  }
  writeFileSync(join(directory, 'file'), '');
  for (const option of ['--pages', '--out']) {
    const { status, err } = await bench(directory, [...words.slice(0, 5), option, 'file/below']);
    assert.is(status, 1, err);
    assert.match(err, /StorageError: cannot use file\/below/);
    assert.not.match(err, 'is not to be had');
  }
  assert.not.ok(existsSync(join(directory, 'claims')), 'it measured');
  writeFileSync(join(directory, 'pages', 'notes.md'), 'mine');
  writeFileSync(join(directory, 'pages', 'c12-notes.md'), 'mine');
  for (let time = 0; time < 2; time++) {
    const { status, err } = await bench(directory, [...words, '--pages', 'pages']);
    assert.is(status, 0, err);
  }
  assert.not.match(readFileSync(join(directory, 'pages', 'README.md'), 'utf8'), 'notes');
  assert.equal(
    readdirSync(join(directory, 'pages')).toSorted(),
    [...names, 'c12-notes.md', 'notes.md'].toSorted(),
  );
});

test('an image that cannot be read is told by the exit code, after the table', async ({
  directory,
}) => {
  const tree = (text: string) =>
    sketchTree({ file: { content: noise(50_000, 1) }, own: { content: text } });
  writeDataset(directory, [tree('a'), tree('b'), tree('c')]);
  const path = join(directory, 'v1.tar');
  writeFileSync(path, readFileSync(path).subarray(0, 20_000));
  const words = ['claims', 'C10', '--dataset', './tiny.json', '--out', 'claims'];
  for (let time = 0; time < 2; time++) {
    const { status, out, err } = await bench(directory, words);
    assert.match(out, /C10 .* undecided/);
    assert.match(err, /failures?, of cells, images or datasets: run again/);
    assert.is(status, 1, err);
  }
});

test('an issue of a claim has the command that judges the same images', async ({ directory }) => {
  for (const [place, name] of ['one', 'two', 'three'].entries()) {
    makeRoot(directory, name, name, 5 + place);
  }
  const chosen = ['--dataset', './one', './two', './three', '--image', 'one', '--image', 'two'];
  const { status, err } = await bench(directory, ['claims', 'C06', ...chosen, '--out', 'claims']);
  assert.is(status, 0, err);
  const [run] = readdirSync(join(directory, 'claims'));
  const issue = await bench(directory, ['export', `claims/${run}`, 'C06', '--format', 'issue']);
  assert.is(issue.status, 0, issue.err);
  assert.match(
    issue.out,
    'bench claims C06 --dataset ./one ./two ./three --image one --image two --cases',
  );
  const path = join(directory, 'claims', run!, 'run.json');
  const info = JSON.parse(readFileSync(path, 'utf8'));
  info.dataset.named.platform = 'linux/arm64';
  writeFileSync(path, JSON.stringify(info));
  const other = await bench(directory, ['export', `claims/${run}`, 'C06', '--format', 'issue']);
  assert.match(other.out, './three --platform linux/arm64 --image one');
});

test('what is no claim is refused before anything is measured', async ({ directory }) => {
  const { status, err } = await bench(directory, ['claims', 'C99']);
  assert.is(status, 2);
  assert.match(err, "'C99' is no claim");
  const dataset = await bench(directory, ['claims', 'alpine']);
  assert.match(dataset.err, 'bench claims --dataset alpine');
});

test.run();
