import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { run } from './pipeline.ts';
import type { Plan } from './plan.ts';
import type { Progress } from './progress.ts';
import { keyText } from './results/log.ts';
import type { ResultRecord, ValueRecord } from './results/record.ts';
import { recordSchema } from './results/schema.ts';
import { seeded } from './stats/random.ts';
import { lackOfTime, unless } from './testing/needs.ts';
import { contextOf, planRun, silent, writeDataset } from './testing/tiny-run.ts';
import { sketchTree } from './testing/trees.ts';

const test = unless(suite<{ directory: string }>('pipeline'), lackOfTime());

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-pipeline-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const MODELS = [
  'oci-gzip',
  'per-file',
  'catar|fastcdc:avg=4KiB|zstd:1|blob|range',
  'catar|whole|zstd-dictionary:level=1,size=4KiB|objects|get',
];

/** Three versions: a big file that changes in the middle, one that stays, one that comes. */
function writeImages(directory: string): void {
  const random = seeded(1);
  const big = Uint8Array.from({ length: 300_000 }, () => random() * 256);
  const changed = big.slice();
  changed[150_000]! ^= 1;
  writeDataset(directory, [
    sketchTree({ big: { content: big }, same: { content: 'stays' } }),
    sketchTree({ big: { content: changed }, same: { content: 'stays' } }),
    sketchTree({
      big: { content: changed },
      more: { content: 'came' },
      same: { content: 'stays' },
    }),
  ]);
}

const planOf = (directory: string, out: string, more: Partial<Plan> = {}): Promise<Plan> =>
  planRun(directory, MODELS, { directory: join(directory, out), ...more });

const textOf = (directory: string, out: string): string =>
  readFileSync(join(directory, out, 'records.jsonl'), 'utf8');
const recordsOf = (directory: string, out: string): readonly ResultRecord[] =>
  textOf(directory, out)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('records follow the schema and are the same bytes for one worker, two, and an interrupted run', async ({
  directory,
}) => {
  writeImages(directory);
  const context = contextOf(directory);
  assert.is(await run(await planOf(directory, 'two', { workers: 2 }), context, silent), 0);
  assert.is(await run(await planOf(directory, 'one'), context, silent), 0);
  assert.is(textOf(directory, 'one'), textOf(directory, 'two'));
  for (const record of recordsOf(directory, 'one')) recordSchema.parse(record);

  const controller = new AbortController();
  const plan = await planOf(directory, 'cut');
  let steps = 0;
  const impatient: Progress = {
    ...silent,
    step() {
      if (++steps === 4) controller.abort();
    },
  };
  const aborted = await run(
    plan,
    contextOf(directory, { signal: controller.signal }),
    impatient,
  ).then(
    () => false,
    () => true,
  );
  assert.ok(aborted, 'the run went on');
  const before = recordsOf(directory, 'cut').length;
  assert.ok(
    before > 0 && before < recordsOf(directory, 'one').length,
    'something, but not all, was kept',
  );
  assert.is(await run(plan, context, silent), 0);
  assert.is(textOf(directory, 'cut'), textOf(directory, 'one'));
});

test('unique bytes of the per-file model are the distinct contents', async ({ directory }) => {
  writeImages(directory);
  await run(await planOf(directory, 'out'), contextOf(directory), silent);
  const unique = (recordsOf(directory, 'out') as ValueRecord[])
    .filter(({ model, measure }) => model.startsWith('files') && measure === 'dedup.unique_bytes')
    .map(({ value }) => value);
  assert.equal(unique, [300_005, 600_005, 600_009]);
});

test('an image that cannot be had fails its cells and no others, and is retried', async ({
  directory,
}) => {
  writeImages(directory);
  const path = join(directory, 'v1.tar');
  const good = readFileSync(path);
  const plan = await planOf(directory, 'out');
  // Cut after the dataset was loaded: its digest still stands for the whole file.
  writeFileSync(path, good.subarray(0, 100_000));
  assert.ok((await run(plan, contextOf(directory), silent)) > 0);
  const failed = recordsOf(directory, 'out').filter((record) => 'error' in record);
  assert.ok(failed.length >= MODELS.length);
  for (const record of failed)
    assert.match('error' in record ? record.error : '', /InputError.*cut short.*v1|v1/);
  assert.ok(
    recordsOf(directory, 'out').some(
      ({ image, measure }) => image === 'v0' && measure === 'stored.bytes',
    ),
  );

  writeFileSync(path, good);
  assert.is(await run(plan, contextOf(directory), silent), 0);
  await run(await planOf(directory, 'straight'), contextOf(directory), silent);
  assert.is(textOf(directory, 'out'), textOf(directory, 'straight'));
});

test('a model with a dictionary has the clients of every other', async ({ directory }) => {
  writeImages(directory);
  await run(await planOf(directory, 'out'), contextOf(directory), silent);
  const clientsOf = (compressor: string): readonly string[] =>
    recordsOf(directory, 'out')
      .filter((record): record is ValueRecord => 'value' in record)
      .filter(({ model, measure }) => model.includes(compressor) && measure === 'transfer.bytes')
      .map(({ image, client }) => `${image} ${client}`)
      .toSorted();
  assert.ok(clientsOf('zstd-dictionary').includes('v2 image:v1'));
  assert.equal(clientsOf('zstd-dictionary'), clientsOf('zstd:level=1'));
});

test('a directory that is not ours to write is a typed error', async ({ directory }) => {
  writeImages(directory);
  mkdirSync(join(directory, 'file'));
  writeFileSync(join(directory, 'file', 'records'), '');
  const plan = await planOf(directory, 'file/records/out');
  let name = '';
  await run(plan, contextOf(directory), silent).catch((error: Error) => {
    name = error.name;
  });
  assert.is(name, 'StorageError');
});

test('a cell is packed once, whichever runs ask for it', async ({ directory }) => {
  writeImages(directory);
  const context = contextOf(directory);
  const kept = (): number => {
    const cells = join(directory, 'cache', 'cells');
    return readdirSync(cells).flatMap((name) => readdirSync(join(cells, name))).length;
  };
  await run(await planRun(directory, ['per-file', 'tar-zstd']), context, silent);
  // Three images by two models, and what each image holds.
  assert.is(kept(), 3 * 2 + 3);
  const packed: string[] = [];
  const other = await planRun(directory, ['tar-zstd', 'oci-gzip'], {
    directory: join(directory, 'other'),
  });
  await run(other, context, { ...silent, note: (text) => void packed.push(text) });
  assert.is(kept(), 3 * 3 + 3);
});

test('a bad image in the middle costs what involves it; mended, the run equals one that never failed', async ({
  directory,
}) => {
  const trees = Array.from({ length: 10 }, (_, number) =>
    sketchTree({ same: { content: 'stays' }, own: { content: `version ${number}` } }),
  );
  writeDataset(directory, trees);
  const models = [
    'per-file',
    'restic',
    'catar|whole|zstd-dictionary:level=1,size=4KiB|objects|get',
  ];
  const plan = await planRun(directory, models, { links: [], workers: 2 });
  const path = join(directory, 'v4.tar');
  const good = readFileSync(path);
  writeFileSync(path, good.subarray(0, 600));
  assert.is(await run(plan, contextOf(directory), silent), models.length);
  const partial = recordsOf(directory, 'out');
  writeFileSync(path, good);
  const straight = { ...plan, directory: join(directory, 'straight') };
  assert.is(await run(straight, contextOf(directory), silent), 0);
  const whole = new Map(
    recordsOf(directory, 'straight').map((record) => [keyText(record), record] as const),
  );
  const values = partial.filter((record): record is ValueRecord => 'value' in record);
  for (const record of values) assert.equal(record, whole.get(keyText(record)));
  const had = (image: string, measure: string, client = '-'): boolean =>
    values.some(
      (one) =>
        one.image === image &&
        one.measure === measure &&
        one.client === client &&
        one.model.startsWith('files'),
    );
  for (const image of ['v5', 'v6', 'v9']) {
    assert.ok(had(image, 'transfer.bytes', 'none'), image);
    assert.ok(had(image, 'disk.bytes'), image);
    assert.is(had(image, 'transfer.bytes', 'previous'), image !== 'v5');
    assert.not.ok(had(image, 'stored.bytes'));
    const why = partial.find(
      (one) => 'skipped' in one && one.image === image && one.client === 'all-previous',
    );
    assert.match(why && 'skipped' in why ? why.skipped : '', 'v4, which is missing');
  }
  assert.is(await run(plan, contextOf(directory), silent), 0);
  assert.is(textOf(directory, 'out'), textOf(directory, 'straight'));
});

test.run();
