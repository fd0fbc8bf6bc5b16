import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { run } from './pipeline.ts';
import { writeReport } from './report/write.ts';
import { readRun } from './results/read.ts';
import type { ValueRecord } from './results/record.ts';
import { recordSchema } from './results/schema.ts';
import { archive, part } from './testing/evil.ts';
import { lackOfTime, unless } from './testing/needs.ts';
import { noise } from './testing/noise.ts';
import { contextOf, planRun, silent, writeDataset } from './testing/tiny-run.ts';
import { type Sketch, sketchTree } from './testing/trees.ts';

/** Whole runs on images at the ends of what images can be: figures worked by hand. */

const test = unless(suite<{ directory: string }>('extremes'), lackOfTime());
test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-extremes-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const FILES = 'files|whole|none|objects|get';
const FIXED = 'files|fixed:size=1KiB|none|objects|get';

type Value = (model: string, measure: string, image: string) => unknown;

/** Runs both models over the images, and holds every record to the schema. */
async function measured(
  directory: string,
  images: readonly Readonly<Record<string, Sketch>>[],
): Promise<Value> {
  writeDataset(directory, images.map(sketchTree));
  const plan = await planRun(directory, [FILES, FIXED]);
  assert.is(await run(plan, contextOf(directory), silent), 0);
  const text = readFileSync(join(plan.directory, 'records.jsonl'), 'utf8');
  const records = text
    .trimEnd()
    .split('\n')
    .map((line) => recordSchema.parse(JSON.parse(line)) as ValueRecord);
  await writeReport(plan.directory);
  const page = readFileSync(join(plan.directory, 'report.html'), 'utf8');
  assert.not.match(page.replace(/<script>.*<\/script>/s, ''), /NaN|undefined|Infinity/);
  return (model, measure, image) =>
    records.find(
      (record) => record.model === model && record.measure === measure && record.image === image,
    )?.value;
}

test('77 of images that are all the same, all but the first are free', async ({ directory }) => {
  const image = { a: { content: noise(10_240, 1) }, b: { content: noise(512, 2) } };
  const value = await measured(directory, [image, image, image, image]);
  for (const model of [FILES, FIXED]) {
    assert.is(value(model, 'dedup.unique_bytes', 'v3'), 10_752);
    assert.is(value(model, 'dedup.new_bytes', 'v3'), 0);
    assert.is(value(model, 'dedup.ratio', 'v3'), 4);
  }
  assert.is(value(FIXED, 'dedup.objects', 'v3'), 11);
});

test('77 images of one content are all recorded, with one worker and with two', async ({
  directory,
}) => {
  const image = { a: { content: 'same' } };
  writeDataset(directory, [image, image, image].map(sketchTree));
  const texts: string[] = [];
  for (const workers of [1, 2]) {
    const plan = await planRun(directory, [FILES], {
      workers,
      directory: `${directory}/${workers}`,
    });
    assert.is(await run(plan, contextOf(directory), silent), 0);
    texts.push(readFileSync(join(plan.directory, 'records.jsonl'), 'utf8'));
  }
  assert.is(texts[0], texts[1]);
  for (const id of ['v0', 'v1', 'v2']) {
    assert.match(texts[0]!, new RegExp(`"image":"${id}".*"dedup.objects"`));
  }
});

test('4, 28 what is odd in a layer is told in the record of the run and in the report', async ({
  directory,
}) => {
  writeDataset(directory, [sketchTree({}), sketchTree({ b: {} })]);
  const names = Array.from({ length: 30 }, (_, n) => part({ name: `f${n}` }));
  const odd = archive(...names, ...names).subarray(0, -1024);
  writeFileSync(join(directory, 'v0.tar'), odd);
  const plan = await planRun(directory, [FILES]);
  assert.is(await run(plan, contextOf(directory), silent), 0);
  const { info, warnings } = await readRun(plan.directory);
  const [first, second] = info.images;
  assert.is(first!.warnings!.length, 21);
  assert.match(first!.warnings![0]!, /no end marker/);
  assert.match(first!.warnings![1]!, /f0 is there twice/);
  assert.is(first!.warnings![20], '11 more warnings');
  assert.is(second!.warnings, undefined);
  assert.ok(warnings.includes('v0: 11 more warnings'));
  await writeReport(plan.directory);
  assert.match(readFileSync(join(plan.directory, 'report.html'), 'utf8'), /f0 is there twice/);
});

test('77 of images that share no byte, nothing is', async ({ directory }) => {
  const images = [1, 2, 3].map((seed) => ({ a: { content: noise(8192, seed * 99) } }));
  const value = await measured(directory, images);
  for (const model of [FILES, FIXED]) {
    assert.is(value(model, 'dedup.unique_bytes', 'v2'), 3 * 8192);
    assert.is(value(model, 'dedup.ratio', 'v2'), 1);
  }
  assert.is(value(FIXED, 'dedup.objects', 'v2'), 24);
});

test('77 zeros are one chunk, however many', async ({ directory }) => {
  const images = [1, 2].map((count) => ({ a: { content: new Uint8Array(count * 65_536) } }));
  const value = await measured(directory, images);
  assert.is(value(FIXED, 'dedup.unique_bytes', 'v1'), 1024);
  assert.is(value(FIXED, 'dedup.ratio', 'v1'), (3 * 65_536) / 1024);
  assert.is(value(FILES, 'dedup.unique_bytes', 'v1'), 3 * 65_536);
});

test('72, 77 images of nothing, of one byte and of empty files divide nothing by zero', async ({
  directory,
}) => {
  const empty = Object.fromEntries(
    Array.from({ length: 2000 }, (_, n) => [`f${String(n).padStart(4, '0')}`, {}]),
  );
  const value = await measured(directory, [{}, empty, { a: { content: 'x' } }]);
  for (const model of [FILES, FIXED]) {
    assert.is(value(model, 'dedup.ratio', 'v0'), undefined);
    assert.is(value(model, 'dedup.unique_bytes', 'v1'), 0);
    assert.is(value(model, 'dedup.unique_bytes', 'v2'), 1);
    assert.is(value(model, 'chunks.mean', 'v0'), undefined);
  }
});

test.run();
