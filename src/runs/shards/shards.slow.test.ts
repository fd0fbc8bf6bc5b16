import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { loadDataset } from '../../datasets/mod.ts';
import { UsageError, VerificationError } from '../../errors.ts';
import { resolveModels } from '../../models/mod.ts';
import { run } from '../../pipeline.ts';
import type { Plan } from '../../plan.ts';
import { directorySuite } from '../../testing/directory.ts';
import { makeLayered } from '../../testing/layered-images.ts';
import { lackOfTime } from '../../testing/needs.ts';
import { noise } from '../../testing/noise.ts';
import { contextOf, planRun, silent, writeDataset } from '../../testing/tiny-run.ts';
import { sketchTree } from '../../testing/trees.ts';
import { measureShard } from './measure-shard.ts';
import { mergeShards } from './merge-shards.ts';
import { cellsOfShard, parseShard, workCells } from './work-cells.ts';

const test = directorySuite('shards of a run', lackOfTime());

const MODELS = [
  'oci-gzip',
  'catar|fastcdc:avg=4KiB|zstd:1|blob|range',
  'catar|whole|zstd-dictionary:level=1,size=4KiB|objects|get',
];
const SWEPT = [
  'catar|fastcdc:avg=4KiB..8KiB|none|objects|get',
  'tar|fixed:size=4KiB|none|objects|get',
];

/** A base, an edit of it, and another version: what changed is counted of the edit. */
async function writeSeries(directory: string): Promise<void> {
  const body = noise(120_000);
  const tree = sketchTree({ body: { content: body }, same: { content: 'stays' } });
  const next = sketchTree({ body: { content: body.subarray(777) }, more: { content: 'came' } });
  writeDataset(directory, [tree, next]);
  const path = join(directory, 'tiny.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  const [first, last] = manifest.images;
  const of = { type: 'rootfs', path: 'v0.tar' };
  const source = { type: 'edited', of, edits: [{ flip: { path: 'body', at: 50_000 } }] };
  const edit = { id: 'edit', title: 'a byte', source, step: 'edit' };
  writeFileSync(path, JSON.stringify({ ...manifest, images: [first, edit, last] }));
}

const planOf = (directory: string, out: string, more: Partial<Plan> = {}): Promise<Plan> =>
  planRun(directory, MODELS, {
    swept: resolveModels(SWEPT),
    directory: join(directory, out),
    ...more,
  });

const recordsOf = (directory: string, out: string): string =>
  readFileSync(join(directory, out, 'records.jsonl'), 'utf8');

/** Measures all shards, each as a machine with a cache of its own would. */
async function measureAll(
  directory: string,
  shards: number,
  more: Partial<Plan> = {},
): Promise<readonly string[]> {
  const directories: string[] = [];
  for (let shard = 1; shard <= shards; shard++) {
    const out = `shard-${shard}-of-${shards}`;
    const plan = await planOf(directory, out, more);
    await measureShard(plan, { shard, shards }, contextOf(directory), silent);
    rmSync(join(directory, 'cache'), { recursive: true, force: true });
    directories.push(plan.directory);
  }
  return directories;
}

async function mergeInto(
  directory: string,
  out: string,
  directories: readonly string[],
): Promise<number> {
  const { plan, found } = mergeShards(directories, join(directory, out));
  return run(plan, contextOf(directory), silent, undefined, found);
}

function refusal(work: () => unknown): UsageError {
  try {
    work();
  } catch (error) {
    assert.instance(error, UsageError);
    return error as UsageError;
  }
  throw new Error('nothing was refused');
}

test('1, 2 and 7 shards merge to the records of the whole run, byte for byte', async ({
  directory,
}) => {
  await writeSeries(directory);
  const more = { reproduced: resolveModels(['catar|fastcdc:avg=4KiB|zstd:1|blob|range']) };
  assert.is(await run(await planOf(directory, 'whole', more), contextOf(directory), silent), 0);
  const whole = recordsOf(directory, 'whole');
  for (const wanted of ['avalanche.factor', 'reproducibility.fixpoint', 'dedup.unique_bytes']) {
    assert.ok(whole.includes(wanted), wanted);
  }
  for (const shards of [1, 2, 7]) {
    rmSync(join(directory, 'cache'), { recursive: true, force: true });
    const directories = await measureAll(directory, shards, more);
    const out = `merged-${shards}`;
    assert.is(await mergeInto(directory, out, directories), 0);
    assert.is(recordsOf(directory, out), whole, `${shards} shards`);
  }
});

test('the base that layered images share is packed by one shard', async ({ directory }) => {
  const dataset = await makeLayered(directory);
  const planned = async (out: string): Promise<Plan> => {
    const images = dataset.images.map(({ id }) => id);
    return { ...(await planOf(directory, out)), dataset, images };
  };
  writeDataset(directory, [sketchTree({ a: { content: 'a' } })]);
  assert.is(await run(await planned('whole'), contextOf(directory), silent), 0);
  const outs = ['shard-1', 'shard-2'];
  for (const [index, out] of outs.entries()) {
    const shard = { shard: index + 1, shards: outs.length };
    await measureShard(await planned(out), shard, contextOf(directory), silent);
  }
  const directories = outs.map((out) => join(directory, out));
  await mergeInto(directory, 'merged', directories);
  assert.match(recordsOf(directory, 'whole'), /"client":"base"/);
  assert.is(recordsOf(directory, 'merged'), recordsOf(directory, 'whole'));
});

test('a killed shard is named and goes on; one that ran twice is harmless', async ({
  directory,
}) => {
  await writeSeries(directory);
  await run(await planOf(directory, 'whole'), contextOf(directory), silent);
  const [one, two] = (await measureAll(directory, 2)) as [string, string];
  const cells = join(one, 'cells');
  const lost = readdirSync(cells).slice(0, 3);
  for (const name of lost) rmSync(join(cells, name));
  const told = refusal(() => mergeShards([one, two], join(directory, 'merged')));
  assert.match(told.message, /^shard 1\/2 has not ended: it lacks 3 of \d+ cells \(\w+/);
  assert.match(told.remedy, /--shard 1\/2 --out .*shard-1-of-2/);

  // A file that was cut counts as none.
  const damaged = join(cells, readdirSync(cells)[0]!);
  writeFileSync(damaged, readFileSync(damaged).subarray(0, 40));
  assert.match(refusal(() => mergeShards([one, two], 'x')).message, /lacks 4 of/);

  const before = readdirSync(cells).length;
  const plan = await planOf(directory, 'shard-1-of-2');
  const steps: string[] = [];
  const progress = { ...silent, step: (what: string) => void steps.push(what) };
  await measureShard(plan, { shard: 1, shards: 2 }, contextOf(directory), progress);
  assert.is(steps.length, 4);
  assert.is(readdirSync(cells).length, before + 3);

  const again = join(directory, 'again');
  cpSync(two, again, { recursive: true });
  await mergeInto(directory, 'merged', [again, one, two, one]);
  assert.is(recordsOf(directory, 'merged'), recordsOf(directory, 'whole'));
});

test('an image that cannot be had fails the same cells, and a second attempt mends them', async ({
  directory,
}) => {
  await writeSeries(directory);
  const dataset = await loadDataset(join(directory, 'tiny.json'));
  const path = join(directory, 'v1.tar');
  const good = readFileSync(path);
  // Cut after the dataset was loaded: its digest still stands for the whole file.
  writeFileSync(path, good.subarray(0, 60_000));
  const whole = await run(
    await planOf(directory, 'whole', { dataset }),
    contextOf(directory),
    silent,
  );
  const directories = await measureAll(directory, 2, { dataset });
  assert.is(await mergeInto(directory, 'merged', directories), whole);
  assert.ok(whole > MODELS.length);
  assert.is(recordsOf(directory, 'merged'), recordsOf(directory, 'whole'));

  writeFileSync(path, good);
  await run(await planOf(directory, 'whole', { dataset }), contextOf(directory), silent);
  assert.is(await mergeInto(directory, 'merged', await measureAll(directory, 2, { dataset })), 0);
  assert.is(recordsOf(directory, 'merged'), recordsOf(directory, 'whole'));
});

test('missing shards, other versions, other runs and other results are refused', async ({
  directory,
}) => {
  await writeSeries(directory);
  const directories = await measureAll(directory, 7);
  const told = refusal(() =>
    mergeShards(
      directories.filter((_, index) => index % 3 !== 1),
      'x',
    ),
  );
  assert.is(told.message, 'shards are missing: 2/7, 5/7');
  assert.match(told.remedy, /--shard I\/N --out DIR/);

  const file = join(directories[3]!, 'shard.json');
  const info = JSON.parse(readFileSync(file, 'utf8'));
  const changed = (change: object): UsageError => {
    writeFileSync(file, JSON.stringify({ ...info, ...change }));
    return refusal(() => mergeShards(directories, 'x'));
  };
  const older = { version: { ...info.version, code: 'other', ocibench: '0.0.9' } };
  assert.match(
    changed(older).message,
    /version of ocibench: \S+ and 0\.0\.9, code and dependencies/,
  );
  assert.match(changed({ tools: { xdelta3: '3.0' } }).message, /external programs: \{\} and /);
  assert.match(changed({ shards: 6 }).message, /number of shards: 7 and 6/);
  assert.match(changed({ plan: { ...info.plan, models: [] } }).message, /models: /);
  const cells = { cells: info.cells.slice(1) };
  assert.match(changed(cells).message, /^no shard has the cells /);
  // All of another version than the one that merges.
  for (const one of directories) {
    const path = join(one, 'shard.json');
    const own = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...own, version: older.version }));
  }
  writeFileSync(file, JSON.stringify({ ...info, version: older.version }));
  assert.match(
    refusal(() => mergeShards(directories, 'x')).message,
    /by another version than this one/,
  );

  const plan = await planOf(directory, 'shard-1-of-7', { models: resolveModels(['catar']) });
  const refused = await measureShard(
    plan,
    { shard: 1, shards: 7 },
    contextOf(directory),
    silent,
  ).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.instance(refused, UsageError);
  assert.match(String(refused), /holds another shard than is asked for .*models: .*--fresh/);
});

test('one cell with two results is no cell', async ({ directory }) => {
  await writeSeries(directory);
  const [own] = (await measureAll(directory, 1)) as [string];
  const twin = join(directory, 'twin');
  // The same cells by name, found in another image.
  writeDataset(directory, [sketchTree({ other: { content: noise(9000, 3) } })]);
  const other = {
    ...(await planRun(directory, MODELS)),
    directory: twin,
    swept: resolveModels(SWEPT),
  };
  await measureShard(other, { shard: 1, shards: 1 }, contextOf(directory), silent);
  cpSync(join(own, 'shard.json'), join(twin, 'shard.json'));
  for (const name of readdirSync(join(own, 'cells'))) {
    const copied = readdirSync(join(twin, 'cells')).includes(name);
    if (!copied) cpSync(join(own, 'cells', name), join(twin, 'cells', name));
  }
  const { found } = mergeShards([own, twin], join(directory, 'merged'));
  const [model] = resolveModels(MODELS);
  const image = found.image('v0').image;
  const thrown = await found.cells
    .packed({ id: model } as never, image, [image], () => Promise.reject(new Error('not here')))
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  assert.instance(thrown, VerificationError);
  assert.match(String(thrown), /two shards came to different results of 'cell /);
});

test('every cell is in one shard, whatever their number, and parts cost about the same', async ({
  directory,
}) => {
  await writeSeries(directory);
  const plan = await planOf(directory, 'out');
  const all = workCells(plan);
  assert.is(new Set(all.map((cell) => JSON.stringify(cell))).size, all.length);
  for (const shards of [1, 2, 3, 7, 100]) {
    const parts = Array.from({ length: shards }, (_, index) =>
      cellsOfShard(plan, { shard: index + 1, shards }),
    );
    assert.equal(parts.flat(), all);
    const packed = parts.map((part) => part.filter(({ work }) => work === 'cell').length);
    if (shards === 3)
      assert.ok(Math.max(...packed) - Math.min(...packed) <= MODELS.length, String(packed));
  }
});

test('a shard takes no directory that holds something else, and removes nothing of it', async ({
  directory,
}) => {
  await writeSeries(directory);
  const path = join(directory, 'mine', 'cells');
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'own'), 'mine');
  const plan = await planOf(directory, 'mine', { fresh: true });
  const shard = { shard: 1, shards: 2 };
  const refused = await measureShard(plan, shard, contextOf(directory), silent).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.instance(refused, UsageError);
  assert.match(String(refused), 'holds no shard, but cells');
  assert.is(readFileSync(join(path, 'own'), 'utf8'), 'mine');
});

test('--shard is I/N', () => {
  assert.equal(parseShard('2/7'), { shard: 2, shards: 7 });
  for (const wrong of ['0/7', '8/7', '2', '2/0', '-1/2', '1.5/2', '1/1000000']) {
    const { message, remedy } = refusal(() => parseShard(wrong));
    assert.is(message, `--shard is '${wrong}'`);
    assert.match(remedy, /such as 2\/7/);
  }
});

test.run();
