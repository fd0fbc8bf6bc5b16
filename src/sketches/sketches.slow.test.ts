import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { poissonInterval } from '../stats/mod.ts';
import { directorySuite } from '../testing/directory.ts';
import { bench } from '../testing/in-process.ts';
import { lackOfTime } from '../testing/needs.ts';
import { noise } from '../testing/noise.ts';
import { writeDataset } from '../testing/tiny-run.ts';
import { sketchTree } from '../testing/trees.ts';
import { bytesOf, growthOf, type ImageSample, sampleOf, sharedOf } from './sketch.ts';
import { mergeSketches, readSketch } from './sketch-file.ts';

const test = directorySuite('sketches', lackOfTime());

/** An image of chunks by number: the digest and the length of a number are always the same. */
function imageOf(id: string, numbers: Iterable<number>, threshold: number, seed = 0): ImageSample {
  const all = [...numbers];
  const digests = new Uint8Array(16 * all.length);
  const lengths = new Float64Array(all.length);
  for (const [at, number] of all.entries()) {
    digests.set(noise(16, 1 + number + 1e6 * seed), 16 * at);
    lengths[at] = lengthOf(number);
  }
  return { id, digest: `sha256:${'0'.repeat(64)}`, ...sampleOf({ lengths, digests }, threshold) };
}

/** From some bytes to more than a threshold: as files are. */
function lengthOf(number: number): number {
  return Math.ceil(50 * 1.0021 ** (number % 4000));
}

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, at) => from + at);
const sum = (numbers: Iterable<number>): number =>
  [...numbers].reduce((total, number) => total + lengthOf(number), 0);

test('intervals of a Poisson mean are those of the tables', () => {
  // Garwood 1936; Ulm 1990, table of 95 % limits.
  for (const [count, low, high] of [
    [0, 0, 3.689],
    [1, 0.0253, 5.572],
    [5, 1.623, 11.668],
    [10, 4.795, 18.39],
    [50, 37.11, 65.92],
    [100, 81.36, 121.63],
  ] as const) {
    const found = poissonInterval(count);
    assert.ok(Math.abs(found.low - low) < 0.006, `${count}: ${found.low}`);
    assert.ok(Math.abs(found.high - high) < 0.006, `${count}: ${found.high}`);
  }
  const { low, high } = poissonInterval(1_000_000);
  assert.ok(
    Math.abs(low - (1e6 - 1959)) < 5 && Math.abs(high - (1e6 + 1961)) < 5,
    `${low} ${high}`,
  );
});

test('95 % intervals hold unique, new and shared bytes in at least 95 % of samples', () => {
  const threshold = 20_000;
  const [one, two] = [range(0, 2500), range(1500, 4000)];
  const truth = {
    unique: sum(range(0, 4000)),
    fresh: sum(range(2500, 4000)),
    shared: sum(range(1500, 2500)),
  };
  const draws = 200;
  const inside = { unique: 0, fresh: 0, shared: 0 };
  for (let seed = 0; seed < draws; seed++) {
    const images = [imageOf('one', one, threshold, seed), imageOf('two', two, threshold, seed)];
    const last = [...growthOf(images, threshold)][1]!;
    const found = {
      unique: last.uniqueBytes,
      fresh: last.newBytes,
      shared: sharedOf(images[0]!, images[1]!, threshold),
    };
    for (const key of ['unique', 'fresh', 'shared'] as const) {
      const { low, high } = found[key];
      if (low <= truth[key] && truth[key] <= high) inside[key]++;
    }
  }
  for (const [key, count] of Object.entries(inside))
    assert.ok(count >= 0.95 * draws, `${key}: ${count}`);
});

test('an estimate has no bias', () => {
  const numbers = range(0, 2000);
  const truth = sum(numbers);
  let total = 0;
  const draws = 100;
  for (let seed = 0; seed < draws; seed++) {
    const { sampled } = imageOf('one', numbers, 20_000, seed);
    total += bytesOf(
      sampled.map(([, length]) => length),
      20_000,
    ).value;
  }
  assert.ok(Math.abs(total / draws / truth - 1) < 0.02, String(total / draws / truth));
});

test('a sketch by one byte is exact, and merged sketches are those of the whole', async ({
  directory,
}) => {
  const body = noise(300_000);
  writeDataset(directory, [
    sketchTree({ body: { content: body } }),
    sketchTree({ body: { content: body.subarray(777) }, more: { content: noise(9000, 2) } }),
    sketchTree({ more: { content: noise(9000, 2) } }),
  ]);
  const made = async (out: string, ...words: readonly string[]): Promise<void> => {
    const line = [
      'sketch',
      'make',
      '--dataset',
      './tiny.json',
      '--chunker',
      'fastcdc:avg=4KiB',
      '--out',
      out,
    ];
    const { status, err } = await bench(directory, [...line, '--workers', '1', ...words]);
    assert.is(status, 0, err);
  };
  const said = async (...words: readonly string[]): Promise<string> => {
    const { status, out, err } = await bench(directory, ['sketch', ...words]);
    assert.is(status, 0, err);
    return out;
  };
  await made('exact.json', '--threshold', '1');
  const model = 'files|fastcdc:avg=4KiB|none|objects|get';
  const run = [
    'run',
    '--dataset',
    './tiny.json',
    '--model',
    model,
    '--out',
    'out',
    '--repeat',
    '0',
    '--no-reproducibility',
  ];
  assert.is((await bench(directory, run)).status, 0);
  const records = readFileSync(join(directory, 'out', 'records.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const value = (image: string, measure: string, client = '-'): unknown =>
    records.find((one) => one.image === image && one.measure === measure && one.client === client)
      ?.value;
  const growth = (await said('report', 'exact.json', '--json'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.is(growth.length, 3);
  for (const row of growth) {
    assert.is(row.new_bytes, value(row.image, 'dedup.new_bytes'));
    assert.equal(
      [row.unique_bytes, row.unique_bytes_low, row.unique_bytes_high],
      Array(3).fill(value(row.image, 'dedup.unique_bytes')),
    );
  }
  const pairs = (await said('report', 'exact.json', '--pairs', '--json'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.is(pairs.length, 3);
  for (const row of pairs) {
    assert.is(row.shared_bytes, value(row.later_image, 'dedup.shared_bytes', `image:${row.image}`));
  }

  await made('whole.json', '--threshold', '16KiB');
  await made('one.json', '--threshold', '16KiB', '--image', 'v0', '--image', 'v1');
  // A sketch that is finer is thinned.
  await made('two.json', '--threshold', '4KiB', '--image', 'v1', '--image', 'v2');
  await said('merge', 'one.json', 'two.json', '--out', 'merged.json');
  const read = (name: string): unknown => readSketch(join(directory, name));
  assert.equal(read('merged.json'), read('whole.json'));
  assert.ok(readSketch(join(directory, 'whole.json')).chunkers[0]!.images[0]!.sampled.length > 5);

  const other = readSketch(join(directory, 'one.json'));
  const changed = { ...other, serialiser: 'tar' };
  assert.throws(() => mergeSketches([other, changed]), /sketches of 'files' by .* and of 'tar'/);
  writeFileSync(join(directory, 'old.json'), JSON.stringify({ ...other, version: 0 }));
  const refused = await bench(directory, ['sketch', 'report', 'old.json']);
  assert.is(refused.status, 1);
  assert.match(
    refused.err,
    /InputError: no sketch that this version reads.*field version.*sketch make/,
  );
});

test.run();
