import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { BenchError } from '../errors.ts';
import { CLIENTS } from '../measures/clients.ts';
import { resolveModels } from '../models/mod.ts';
import { createView } from '../report/view.ts';
import { directorySuite } from '../testing/directory.ts';
import { sampleInfo, sampleRecord } from '../testing/sample-run.ts';
import { writeFile } from '../write-whole.ts';
import { overBudget, readBudget } from './budget.ts';

const test = directorySuite('budget');

const [catar] = resolveModels(['catar']) as [string];
const held = createView(sampleInfo([{ id: catar, alias: 'catar' }]), [
  sampleRecord(catar, 'transfer.bytes', 5 * 2 ** 20, { client: 'previous', image: 'two' }),
  sampleRecord(catar, 'transfer.bytes', 9 * 2 ** 20, { client: 'none', image: 'two' }),
  sampleRecord(catar, 'dedup.ratio', 1.5),
]);

function over(directory: string, ...limits: readonly object[]): readonly string[] {
  const file = join(directory, 'budget.json');
  writeFile(file, JSON.stringify({ limits }));
  return overBudget(held, readBudget(file));
}

test('a figure may be as large as its limit, and not a byte larger', ({ directory }) => {
  const limit = { measure: 'transfer.bytes', model: 'catar', client: 'previous' };
  assert.equal(over(directory, { ...limit, limit: '5MiB' }), []);
  assert.equal(over(directory, { ...limit, limit: 5 * 2 ** 20 - 1 }), [
    `transfer.bytes of two by catar, client previous: 5242880 bytes; the limit is at most 5242879 bytes`,
  ]);
});

test('a limit without client or model holds for each; of what is better when more it is the least', ({
  directory,
}) => {
  const lines = over(
    directory,
    { measure: 'transfer.bytes', limit: '6MiB' },
    { measure: 'dedup.ratio', limit: 2 },
    { measure: 'dedup.ratio', limit: 1.5 },
  );
  assert.is(lines.length, 2);
  assert.match(lines[0]!, /client none: 9437184 bytes; the limit is at most 6291456 bytes/);
  assert.match(lines[1]!, /dedup\.ratio of one by .*: 1\.50; the limit is at least 2\.00/);
});

test('of two images the newer is held against a limit, unless it names one', ({ directory }) => {
  const file = join(directory, 'budget.json');
  const told = (limit: object, newer: string): readonly string[] => {
    writeFile(file, JSON.stringify({ limits: [limit] }));
    return overBudget(held, readBudget(file), newer).map((line) => line.split(' by ')[0]!);
  };
  const ratio = { measure: 'dedup.ratio', limit: 2 };
  assert.equal(told(ratio, 'one'), ['dedup.ratio of one']);
  assert.equal(told({ ...ratio, image: 'one' }, 'two'), ['dedup.ratio of one']);
  assert.equal(told(ratio, 'two'), ['dedup.ratio: no such figure was measured']);
});

test('a limit that nothing was held against fails', ({ directory }) => {
  assert.equal(over(directory, { measure: 'transfer.bytes', client: 'base', limit: 1 }), [
    'transfer.bytes base: no such figure was measured',
  ]);
});

test('every client that records have is known', ({ directory }) => {
  for (const client of [...CLIENTS, 'image:one', 'chunks:fastcdc']) {
    const told = over(directory, { measure: 'stored.bytes', client, limit: 1 });
    assert.equal(told, [`stored.bytes ${client}: no such figure was measured`]);
  }
});

test('what is wrong with a budget is said with its place', ({ directory }) => {
  const wrong: readonly (readonly [limit: object, message: RegExp])[] = [
    [{ measure: 'transfer.bites', limit: 1 }, /did you mean 'transfer\.bytes'/],
    [{ measure: 'transfer.bytes', limit: 'much' }, /no number, and no size.*limits\.0\.limit/s],
    [{ measure: 'transfer.bytes' }, /limits\.0\.limit/],
    [{ measure: 'transfer.bytes', limit: 1, modle: 'catar' }, /limits\.0\.modle/],
    [{ measure: 'transfer.bytes', limit: 1, model: 'katar' }, /did you mean 'catar'/],
    [{ measure: 'chunks.mean', limit: 1 }, /neither good nor bad/],
    [{ measure: 'transfer.bytes', client: 'previos', limit: 1 }, /did you mean 'previous'/],
  ];
  for (const [limit, message] of wrong) {
    try {
      over(directory, limit);
      assert.unreachable(JSON.stringify(limit));
    } catch (error) {
      assert.instance(error, BenchError);
      assert.match(String(error), message);
    }
  }
  assert.throws(() => readBudget(join(directory, 'none.json')), /none\.json/);
});

test.run();
