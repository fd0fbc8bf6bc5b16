import * as assert from 'uvu/assert';
import type { FetchContext } from '../src/datasets/provider.ts';
import { Cache } from '../src/images/cache.ts';
import type { Plan } from '../src/plan.ts';
import { directorySuite } from '../src/testing/directory.ts';
import { sampleInfo } from '../src/testing/sample-run.ts';
import type { Records } from './records.ts';
import { imagesOfPlan, recordsOf } from './run-records.ts';

const test = directorySuite('records of a run');

test('figures that are kept are found by what images hold, and no image is had for them', async ({
  directory,
}) => {
  // A plan without a dataset: to fetch from it would throw.
  const plan = { fresh: false } as Plan;
  const context = { cache: new Cache(directory) } as FetchContext;
  const recordsWith = (id: string, digest: string): Records => {
    const info = sampleInfo([], [id]);
    const images = [{ ...info.images[0]!, digest }];
    return recordsOf(
      { info: { ...info, images }, records: [], warnings: [] },
      imagesOfPlan(plan, context),
    );
  };
  let taken = 0;
  const takes = async (records: Records, what: string, id: string): Promise<boolean> => {
    const before = taken;
    const { figure } = await records.kept(what, [id], async () => ({ figure: ++taken && 7 }));
    assert.is(figure, 7);
    return taken > before;
  };
  assert.ok(await takes(recordsWith('one', 'sha256:1'), 'parts', 'one'));
  assert.not.ok(await takes(recordsWith('one', 'sha256:1'), 'parts', 'one'));
  assert.not.ok(await takes(recordsWith('renamed', 'sha256:1'), 'parts', 'renamed'));
  assert.ok(await takes(recordsWith('one', 'sha256:2'), 'parts', 'one'));
  assert.ok(await takes(recordsWith('one', 'sha256:1'), 'packages', 'one'));
});

test.run();
