import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { readRun } from './results/read.ts';
import { directorySuite } from './testing/directory.ts';
import { bench } from './testing/in-process.ts';
import { COMMON_BYTES, makeLayered } from './testing/layered-images.ts';
import { lackOfTime } from './testing/needs.ts';

const test = directorySuite('command line: explain', lackOfTime());

interface Explained {
  readonly model: string;
  readonly client: string;
  readonly holds: readonly string[];
  readonly layers: Readonly<Record<string, readonly string[]>>;
  readonly transferred: Sums;
  readonly stored: Sums;
}

interface Sums {
  readonly bytes: number;
  readonly parts: readonly {
    readonly path?: string;
    readonly layer?: number;
    readonly cause: string;
    readonly bytes: number;
    readonly uncompressedBytes: number;
  }[];
}

/** `run`: three images by two models. */
async function makeRun(directory: string): Promise<void> {
  await makeLayered(directory);
  const words = ['--dataset', './layered.json', '--out', 'run', '--repeat', '0'];
  const models = ['oci-gzip', 'catar-blob'].flatMap((model) => ['--model', model]);
  const made = await bench(directory, ['run', ...words, ...models, '--no-reproducibility']);
  assert.is(made.status, 0, made.err);
}

test('every figure of a run is divided without rest, for every client and model', async ({
  directory,
}) => {
  await makeRun(directory);
  const { records } = await readRun(join(directory, 'run'));
  for (const model of ['oci-gzip', 'catar-blob']) {
    for (const client of [
      ...['none', 'previous', 'all-previous', 'image:v0'],
      ...['base', 'other-distribution'],
    ]) {
      const asked = ['--model', model, '--client', client, '--json'];
      const { status, out, err } = await bench(directory, ['explain', 'run', ...asked]);
      assert.is(status, 0, err);
      const explained: Explained = JSON.parse(out);
      const { transferred, stored } = explained;
      const value = (measure: string, of: string): unknown =>
        records.flatMap((record) =>
          'value' in record &&
          [record.measure, record.image, record.model, record.client].join(' ') ===
            [measure, 'v2', explained.model, of].join(' ')
            ? [record.value]
            : [],
        )[0];
      assert.is(transferred.bytes, value('transfer.bytes', client), client);
      assert.is(stored.bytes, value('stored.bytes', '-'));
      for (const { bytes, parts } of [transferred, stored]) {
        assert.is(
          parts.reduce((sum, part) => sum + part.bytes, 0),
          bytes,
        );
      }
    }
  }
  // The common layer is no image of the dataset; of v2 both others are of another distribution, and v0 comes first.
  const held = async (image: string, client: string): Promise<readonly string[]> => {
    const words = ['--image', image, '--client', client, '--model', 'oci-gzip', '--json'];
    const { out, err, status } = await bench(directory, ['explain', 'run', ...words]);
    assert.is(status, 0, err);
    return (JSON.parse(out) as Explained).holds;
  };
  assert.equal(await held('v2', 'base'), ['base']);
  assert.equal(await held('v2', 'other-distribution'), ['v0']);
  // An image behind the one that is explained may be held.
  assert.equal(await held('v0', 'other-distribution'), ['v2']);
  const first = await bench(directory, ['explain', 'run', '--image', 'v0', '--json']);
  const { client, holds, layers, transferred }: Explained = JSON.parse(first.out);
  assert.equal([client, holds, layers['v0']?.length], ['none', [], 2]);
  const common = transferred.parts.find(({ path }) => path === 'common');
  assert.equal([common?.layer, common?.cause], [0, 'new file']);
  assert.is(common?.uncompressedBytes, COMMON_BYTES);
  assert.is(transferred.parts.find(({ path }) => path === 'app')?.layer, 1);

  // A record that says something else is found out.
  const path = join(directory, 'run', 'records.jsonl');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace(/("stored.bytes".*?"value":)(\d+)/g, '$11$2'));
  const { status, err } = await bench(directory, ['explain', 'run']);
  assert.is(status, 1);
  assert.match(err, /VerificationError: explain accounts for \d+ bytes, and stored.bytes is 1\d+/);
});

test('two images are explained without a run; what is wrong is told', async ({ directory }) => {
  await makeRun(directory);
  writeFileSync(join(directory, 'layout', 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const images = ['layout#v0', 'layout#v1'];
  const { status, out, err } = await bench(directory, ['explain', ...images]);
  assert.is(status, 0, err);
  assert.match(out, /by per-file \(files\|whole\|zstd:level=3\|objects\|get\)/);
  assert.match(out, /^ +80,\d{3} +\d+\.\d % +80,[78]\d\d +changed content +\/app$/m);
  const cases: readonly (readonly [args: readonly string[], what: RegExp])[] = [
    [[], /RUN is missing — give the directory of a run, or two images/],
    [['nowhere'], /no run in nowhere/],
    [[...images, 'layout#v2'], /3 inputs — give the directory of a run, or two images/],
    [['run', '--model', 'catar'], /the run has no model 'catar' — it has oci-gzip, catar-blob/],
    [['run', '--image', 'v9'], /there is no image 'v9'/],
    [['run', '--client', 'mine'], /client 'mine' cannot be explained — give none, previous/],
    [[...images, '--client', 'other-distribution'], /no image is of another .*all that say so are/],
    [[...images, '--report'], /--report draws into the report of a run.*— give --out DIR/],
    [['run', '--report', '--json'], /--json and --report exclude each other/],
    [['run', '--out', 'layout'], /layout/],
    [['run', '--image', 'v0', '--client', 'previous'], /no image is before v0/],
    [['run', '--platform', 'linux/arm64'], /--platform has no effect on `bench explain RUN`/],
    [[...images, '--model', 'squashfs'], /only the tables of SquashFS say/],
    [[...images, '--model', 'bsdiff'], /copies and differences.*chains of five choices/],
  ];
  for (const [args, what] of cases) {
    const told = await bench(directory, ['explain', ...args]);
    assert.is.not(told.status, 0, String(args));
    assert.match(told.err, what);
    assert.is(told.out, '');
  }
});

test('treemap and icicle come into the report of a run, and stay until other records come', async ({
  directory,
}) => {
  await makeRun(directory);
  const read = (...path: readonly string[]): string =>
    readFileSync(join(directory, ...path), 'utf8');
  const before = read('run', 'report.html');
  assert.not.match(before, 'explained-');
  const words = ['--model', 'oci-gzip', '--client', 'base'];
  const { status, out, err } = await bench(directory, ['explain', 'run', ...words, '--report']);
  assert.is(status, 0, err);
  const names = ['transferred', 'stored'].flatMap((side) =>
    ['treemap', 'icicle'].map((form) => `explained-${side}-${form}`),
  );
  for (const name of names) {
    assert.match(out, `charts/${name}.svg`);
    assert.match(read('run', 'report.html'), `id="chart-${name}"`);
  }
  assert.match(read('run', 'report.html'), /Sum ([\d,]+) bytes, stored.bytes \1, difference 0\./);
  const drawn = read('run', 'report.html');
  assert.is((await bench(directory, ['report', 'run'])).status, 0);
  assert.is(read('run', 'report.html'), drawn);
  // Measured anew, the run begins without it.
  const again = ['--dataset', './layered.json', '--out', 'run', '--repeat', '0', '--fresh'];
  const anew = await bench(directory, ['run', ...again, '--model', 'oci-gzip']);
  assert.is(anew.status, 0, anew.err);
  assert.not.match(read('run', 'report.html'), 'explained-');
  assert.not.ok(existsSync(join(directory, 'run', 'charts', `${names[0]}.svg`)));
});

test('--out is a page of its own, with every path beside it', async ({ directory }) => {
  await makeRun(directory);
  const { status, out, err } = await bench(directory, ['explain', 'run', '--out', 'page']);
  assert.is(status, 0, err);
  assert.is(out.trim().split('\n').length, 6);
  const page = readFileSync(join(directory, 'page', 'explained.html'), 'utf8');
  assert.match(page, 'What the bytes of v2 are for');
  assert.match(page, '<svg');
  const { transferred }: Explained = JSON.parse(
    readFileSync(join(directory, 'page', 'explained.json'), 'utf8'),
  );
  assert.is(
    transferred.parts.reduce((sum, part) => sum + part.bytes, 0),
    transferred.bytes,
  );
});

test.run();
