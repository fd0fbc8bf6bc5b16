import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../errors.ts';
import { createModel } from '../models/mod.ts';
import { run } from '../pipeline.ts';
import { contextOf, planRun, silent, writeDataset } from '../testing/tiny-run.ts';
import { sketchTree } from '../testing/trees.ts';
import { checkRevisions } from './cuts.ts';
import type { RunInfo } from './run.ts';

const test = suite<{ directory: string }>('revisions of cuts');
test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-cuts-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

test('figures of chunkers that cut otherwise since are not resumed', async ({ directory }) => {
  writeDataset(directory, [sketchTree({ a: { content: 'a' } })]);
  const plan = await planRun(directory, [
    'files|xet|none|objects|get',
    'files|casync|none|objects|get',
    'files|casync:min=60000|none|objects|get',
  ]);
  assert.is(await run(plan, contextOf(directory), silent), 0);
  const file = join(plan.directory, 'run.json');
  const info = JSON.parse(readFileSync(file, 'utf8')) as RunInfo;
  assert.equal(
    info.models.map(({ revision }) => revision),
    [2, undefined, 2],
  );
  assert.is(await run(plan, contextOf(directory), silent), 0);
  for (const [number, { id }] of info.models.entries()) {
    if (number === 1) continue;
    const models = info.models.map((model, place) => {
      const { revision, ...rest } = model;
      return place === number || revision === undefined ? rest : { ...rest, revision };
    });
    writeFileSync(file, JSON.stringify({ ...info, models }));
    try {
      await run(plan, contextOf(directory), silent);
      assert.unreachable(id);
    } catch (error) {
      assert.instance(error, InputError);
      assert.ok(String(error).includes(id) && /--fresh/.test(String(error)), String(error));
    }
  }
});

test('a directory without a run, or with one that cannot be read, holds nothing back', async ({
  directory,
}) => {
  const models = [await createModel('files|xet|none|objects|get')];
  checkRevisions(directory, models);
  for (const text of ['', '{', '[]', '{"models":7}', '{"models":[null]}', '{"models":[]}']) {
    writeFileSync(join(directory, 'run.json'), text);
    checkRevisions(directory, models);
  }
});

test.run();
