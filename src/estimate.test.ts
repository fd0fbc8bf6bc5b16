import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadDataset } from './datasets/mod.ts';
import { estimate } from './estimate.ts';
import { layerBytes } from './images/image.ts';
import { run } from './pipeline.ts';
import { createPlan } from './plan.ts';
import { Rates } from './runs/rates.ts';
import { lackOfTime, unless } from './testing/needs.ts';
import { contextOf, planRun, silent, writeDataset } from './testing/tiny-run.ts';
import { sketchTree } from './testing/trees.ts';

const test = suite<{ directory: string }>('estimate');
const slow = unless(test, lackOfTime());
test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-estimate-'));
  writeDataset(context.directory, [
    sketchTree({ a: { content: 'a'.repeat(5000) } }),
    sketchTree({ a: { content: 'b'.repeat(50_000) } }),
  ]);
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

test('what was never done here is unknown; sizes of tars are known before they are read', async ({
  directory,
}) => {
  const plan = await planRun(directory, ['tar-zstd', 'catar'], { swept: ['tar|whole'] });
  const { cache } = contextOf(directory);
  const { images, models, fetch, disk, minutes } = await estimate(plan, cache);
  const sizes = images.map((one) => one.layerBytes!);
  assert.ok(sizes[0]! > 5000 && sizes[1]! > 50_000);
  assert.equal(fetch, { known: 0, unknown: [] });
  assert.equal(disk, { known: 0, unknown: [] });
  assert.equal(
    models.map(({ cells, kept }) => [cells, kept]),
    [
      [2, 0],
      [2, 0],
    ],
  );
  assert.is(minutes.known, 0);
  assert.equal(
    minutes.unknown.map(({ work }) => work),
    ['contents', 'cell', 'cell', 'sweep'],
  );
});

test('a rate counts every byte that is still to be packed, over all workers, and timed cells alone', async ({
  directory,
}) => {
  const [model] = (await planRun(directory, ['tar-zstd'])).models as [string];
  const more = { timed: [model], reproduced: [model], rounds: { least: 3, most: 3 }, workers: 4 };
  const plan = await planRun(directory, ['tar-zstd'], more);
  const { cache } = contextOf(directory);
  const before = await estimate(plan, cache);
  const [a, b] = before.images.map((one) => one.layerBytes!) as [number, number];
  const path = join(directory, 'v0.tar');
  const image = { id: 'v0', digest: '', config: '', layers: [{ diffId: '', path }] };
  assert.is(layerBytes(image), a);
  const rates = new Rates(cache);
  rates.keep('contents', '*', image, 0);
  rates.keep('first-cell', model, image, 8000 * a);
  rates.keep('cell', model, image, 8000 * a);
  rates.keep('throughput', model, image, 100 * a);
  rates.keep('parallelism', model, image, 40 * a);
  rates.keep('reproducibility', model, image, 10 * a);
  const { minutes } = await estimate(plan, cache);
  assert.equal(minutes.unknown, []);
  assert.is(minutes.known, ((8000 * (a + b)) / 4 + 3 * 100 * a + 40 * a + 10 * a) / 60_000);
});

slow(
  'after a run its cells are in the cache, and anew they take what they took',
  async ({ directory }) => {
    const plan = await planRun(directory, ['tar-zstd']);
    const context = contextOf(directory);
    assert.is(await run(plan, context, silent), 0);
    const { models, disk, minutes } = await estimate(plan, context.cache);
    assert.is(models[0]!.kept, 2);
    assert.equal([disk.known, minutes.known, minutes.unknown], [0, 0, []]);
    const anew = await estimate({ ...plan, fresh: true }, context.cache);
    assert.is(anew.models[0]!.kept, 0);
    assert.equal(anew.minutes.unknown, []);
    assert.ok(anew.minutes.known > 0);
  },
);

test('of packages a lock tells what is to come, once however many images have them', async ({
  directory,
}) => {
  const { cache } = contextOf(directory);
  const options = { models: ['tar-zstd'], workers: 1 };
  const plan = await createPlan({ dataset: 'ci-slice', ...options });
  const { images, fetch, disk, minutes } = await estimate(plan, cache);
  const each = images.map((one) => one.fetchBytes!);
  assert.is(fetch.known, disk.known);
  assert.ok(fetch.known > Math.max(...each) && fetch.known < each[0]! + each[1]! + each[2]!);
  assert.equal(disk.unknown, ['t0', 't1', 't2']);
  assert.ok(minutes.unknown.some(({ work }) => work === 'cell'));
  const open = { ...plan, dataset: await loadDataset('jammy10'), images: ['jammy-20221130'] };
  assert.equal((await estimate(open, cache)).fetch, { known: 0, unknown: ['jammy-20221130'] });
});

test('a tar that is gone leaves no rate, and ends no run', ({ directory }) => {
  const rates = new Rates(contextOf(directory).cache);
  const path = join(directory, 'gone.tar');
  rates.keep(
    'first-cell',
    'm',
    { id: 'v0', digest: '', config: '', layers: [{ diffId: '', path }] },
    1,
  );
  rates.keep('cell', 'm', { id: 'v0', digest: '', config: '', layers: [{ diffId: '', path }] }, 1);
  assert.is(rates.read('cell', 'm'), undefined);
});

test('an image that cannot be read costs what is known of it alone', async ({ directory }) => {
  const plan = await planRun(directory, ['tar-zstd']);
  rmSync(join(directory, 'v0.tar'));
  const { images, disk } = await estimate(plan, contextOf(directory).cache);
  assert.is(images[0]!.layerBytes, null);
  assert.equal(disk.unknown, ['v0']);
  assert.ok(images[1]!.layerBytes! > 50_000);
});

test.run();
