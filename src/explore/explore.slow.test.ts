import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { loadDataset } from '../datasets/mod.ts';
import { Cache } from '../images/cache.ts';
import { resolveLinks } from '../links/mod.ts';
import type { Progress } from '../progress.ts';
import { seeded } from '../stats/mod.ts';
import { directorySuite } from '../testing/directory.ts';
import { lackOfTime } from '../testing/needs.ts';
import { contextOf, silent, writeDataset } from '../testing/tiny-run.ts';
import { sketchTree } from '../testing/trees.ts';
import { type Explore, explore, readResponses, readSpace } from './mod.ts';

const test = directorySuite('bench explore', lackOfTime());

const GRID = '{files,catar}|{whole,fastcdc:avg=4KiB}|{none,zstd:1}|{objects,blob}|{get,range}';

/** Two updates and a release. */
function writeImages(directory: string): void {
  const random = seeded(4);
  const noise = (length: number): Uint8Array => Uint8Array.from({ length }, () => random() * 64);
  const [big, other] = [noise(60_000), noise(200_000)];
  const changed = big.slice();
  changed[30_000]! ^= 1;
  writeDataset(directory, [
    sketchTree({ big: { content: big }, same: { content: other } }),
    sketchTree({ big: { content: big }, more: { content: 'came' }, same: { content: other } }),
    sketchTree({ big: { content: changed }, same: { content: other } }),
    sketchTree({ new: { content: noise(90_000) } }),
  ]);
}

async function orderOf(
  directory: string,
  out: string,
  more: Partial<Explore> = {},
): Promise<Explore> {
  const dataset = await loadDataset(join(directory, 'tiny.json'));
  const links = resolveLinks(['dsl-20ms']);
  return {
    dataset,
    images: dataset.images.map(({ id }) => id),
    workers: 1,
    fresh: false,
    links,
    space: readSpace([GRID]),
    responses: readResponses(['transfer.bytes', 'transfer.requests', 'stored.bytes'], ['dsl-20ms']),
    directory: join(directory, out),
    command: 'bench explore',
    ...more,
  };
}

const textOf = (directory: string, out: string, name = 'explore.json'): string =>
  readFileSync(join(directory, out, name), 'utf8');

test('the report is the same bytes for one worker, two, and an interrupted exploration', async ({
  directory,
}) => {
  writeImages(directory);
  const context = contextOf(directory);
  const two = await explore(await orderOf(directory, 'two', { workers: 2 }), context, silent);
  assert.is(two.failures, 0);
  await explore(await orderOf(directory, 'one', { fresh: true }), context, silent);
  const controller = new AbortController();
  let steps = 0;
  const impatient: Progress = {
    ...silent,
    step() {
      if (++steps === 8) controller.abort();
    },
  };
  const own = join(directory, 'other-cache');
  const cache = new Cache(own);
  const cut = await orderOf(directory, 'cut');
  const stopped = await explore(
    cut,
    contextOf(directory, { cache, signal: controller.signal }),
    impatient,
  ).then(
    () => false,
    () => true,
  );
  assert.ok(stopped, 'it went on');
  let resumed = 0;
  const counting: Progress = {
    ...silent,
    start(total) {
      resumed = total;
    },
  };
  await explore(cut, contextOf(directory, { cache }), counting);
  const units = new Set(cut.space.models.map(({ levels }) => levels.slice(0, 2).join('|')));
  assert.ok(resumed > 4 && resumed < 4 + units.size, `${resumed} of ${units.size}`);
  for (const name of ['explore.json', 'explore.md', 'explore.html']) {
    assert.is(textOf(directory, 'one', name), textOf(directory, 'two', name));
    assert.is(textOf(directory, 'cut', name), textOf(directory, 'two', name));
  }
});

test('what is reported: both kinds of steps, every level, presets, and what does not fit', async ({
  directory,
}) => {
  writeImages(directory);
  await explore(await orderOf(directory, 'out'), contextOf(directory), silent);
  const found = JSON.parse(textOf(directory, 'out'));
  assert.equal(
    found.steps.map(({ kind }: { kind: string }) => kind),
    ['update', 'update', 'release'],
  );
  assert.is(found.misfits.length, 8);
  assert.equal(found.failed, []);
  const [updates] = found.kinds;
  assert.equal(
    updates.measures[0].effects.map(({ axis }: { axis: string }) => axis),
    ['serialiser', 'chunker', 'codec', 'packer', 'fetcher'],
  );
  assert.is(updates.measures[0].variance.chains, 24);
  assert.ok(updates.divisions.length > 1);
  for (const { front, moves } of updates.divisions) {
    assert.ok(front.length > 0);
    for (const { onFront, to, changes } of moves) assert.is(changes.length === 0, onFront || !to);
  }
  const text = textOf(directory, 'out', 'explore.md');
  for (const part of ['Pareto front', 'Main effects', 'Share of variance', 'Largest interactions'])
    assert.match(text, part);
  assert.not.match(text, 'NaN');
  assert.not.match(text, 'undefined');
  assert.match(textOf(directory, 'out', 'explore.html'), '<svg');
});

test('estimates are marked as such; of few contents they are exact', async ({ directory }) => {
  writeImages(directory);
  const context = contextOf(directory);
  await explore(await orderOf(directory, 'exact'), context, silent);
  await explore(await orderOf(directory, 'estimate', { estimate: 3 }), context, silent);
  assert.match(textOf(directory, 'estimate', 'explore.md'), /\(estimates\)/);
  const [exact, estimated] = ['exact', 'estimate'].map((out) => JSON.parse(textOf(directory, out)));
  assert.is(estimated.estimate, 3);
  assert.equal(estimated.kinds, exact.kinds);
});

test.run();
