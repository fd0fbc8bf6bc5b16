import { readFileSync, writeFileSync } from 'node:fs';
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
    for (const client of ['none', 'previous', 'all-previous', 'image:v0']) {
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
    [['run', '--client', 'base'], /client 'base' cannot be explained — give none, previous/],
    [['run', '--image', 'v0', '--client', 'previous'], /no image is before v0/],
    [['run', '--platform', 'linux/arm64'], /--platform has no effect on `bench explain RUN`/],
    [[...images, '--model', 'squashfs'], /explain divides chains of five choices/],
  ];
  for (const [args, what] of cases) {
    const told = await bench(directory, ['explain', ...args]);
    assert.is.not(told.status, 0, String(args));
    assert.match(told.err, what);
    assert.is(told.out, '');
  }
});

test.run();
