import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { directorySuite } from './testing/directory.ts';
import { bench } from './testing/in-process.ts';
import { lackOfTime } from './testing/needs.ts';
import { noise } from './testing/noise.ts';
import { writeDataset } from './testing/tiny-run.ts';
import { sketchTree } from './testing/trees.ts';

const test = directorySuite('command line: explore', lackOfTime());

const GRID = ['--model', 'catar|whole|{none,zstd:1}|{objects,blob}|get', '--no-presets'];

function makeSeries(directory: string): void {
  const tree = (text: string) =>
    sketchTree({ file: { content: noise(50_000, 1) }, own: { content: text } });
  writeDataset(directory, [tree('a'), tree('bb'), tree('ccc')]);
}

test('a report goes beside what others wrote, and never over it: that is found before anything is measured', async ({
  directory,
}) => {
  makeSeries(directory);
  const words = ['explore', './tiny.json', ...GRID];
  mkdirSync(join(directory, 'mine'));
  const path = join(directory, 'mine', 'explore.md');
  writeFileSync(path, '# Notes\n');
  const taken = await bench(directory, [...words, '--out', 'mine']);
  assert.is(taken.status, 2, taken.err);
  assert.match(taken.err, 'explore.md is there already');
  assert.is(readFileSync(path, 'utf8'), '# Notes\n');
  const below = await bench(directory, [...words, '--out', 'tiny.json/below']);
  assert.is(below.status, 1, below.err);
  assert.match(below.err, /StorageError: cannot use .*tiny\.json\/below/);
  assert.not.match(below.err, 'to measure');
  for (let time = 0; time < 2; time++) {
    const { status, err } = await bench(directory, [...words, '--out', 'out']);
    assert.is(status, 0, err);
  }
  assert.equal(readdirSync(join(directory, 'out')).toSorted(), [
    'explore.html',
    'explore.json',
    'explore.md',
  ]);
});

test('the report says once which axes had one level', async ({ directory }) => {
  makeSeries(directory);
  const { status, err } = await bench(directory, [
    'explore',
    './tiny.json',
    ...GRID,
    '--out',
    'out',
  ]);
  assert.is(status, 0, err);
  const text = readFileSync(join(directory, 'out', 'explore.md'), 'utf8');
  assert.match(text, /^- One level: serialiser catar, chunker whole, fetcher get: /m);
  assert.not.match(text, /^\| (serialiser|chunker|fetcher) /m);
  assert.not.match(text, /fetcher ×|× fetcher/);
});

test('one image is no series: that is found before it is read', async ({ directory }) => {
  makeSeries(directory);
  const words = ['explore', './tiny.json', '--image', 'v0', '--image', 'v0', ...GRID];
  const { status, err } = await bench(directory, words);
  assert.is(status, 2, err);
  assert.match(err, 'one image is no series to explore');
  assert.not.ok(existsSync(join(directory, 'reports')));
});

test('a malformed grid is refused before anything is read', async ({ directory }) => {
  const { status, err } = await bench(directory, [
    'explore',
    './none.json',
    '--model',
    'catar|{whole',
  ]);
  assert.is(status, 2);
  assert.match(err, "'{' has no '}' after it, at character 7");
  assert.not.ok(existsSync(join(directory, 'reports')));
});

test.run();
