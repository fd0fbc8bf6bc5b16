import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveLinks } from '../links/mod.ts';
import { CORES } from '../measures/schedule.ts';
import { resolveModels } from '../models/mod.ts';
import { run } from '../pipeline.ts';
import { readRun } from '../results/read.ts';
import { hasAll, lackOfTime } from '../testing/needs.ts';
import { contextOf, planRun, silent, writeDataset } from '../testing/tiny-run.ts';
import { sketchTree } from '../testing/trees.ts';
import { workerCounts } from './timed-cells.ts';

const test = suite<{ directory: string }>('parallel cells');
const ROUNDS = { least: 1, most: 1 };

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-parallel-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

test('a timed chain is scheduled, beside independent processes; what is exact stays as it is', async ({
  directory,
}) => {
  if (!hasAll(lackOfTime())) return;
  const content = new Uint8Array(3e6).map((_, index) => (index * index) >> 7);
  writeDataset(directory, [sketchTree({ one: { content }, two: { content: 'x' } })]);
  const recordsOf = async (out: string, timed: readonly string[]): Promise<readonly object[]> => {
    const more = { timed: resolveModels(timed), rounds: ROUNDS, directory: join(directory, out) };
    const plan = await planRun(directory, ['per-file', 'tar-zstd'], more);
    assert.is(await run(plan, contextOf(directory), silent), 0);
    return (await readRun(plan.directory)).records;
  };
  const untimed = await recordsOf('untimed', []);
  const records = (await recordsOf('timed', ['per-file'])) as readonly {
    readonly measure: string;
    readonly exact?: boolean;
    readonly model: string;
    readonly link?: string;
    readonly workers?: number;
  }[];
  assert.equal(
    records.filter(({ exact, measure }) => exact || measure === 'transfer.network_ms'),
    untimed,
  );
  const own = records.filter(({ measure }) => measure.startsWith('parallel.'));
  assert.equal([...new Set(own.map(({ model }) => model))], resolveModels(['per-file']));
  const of = (name: string): readonly (number | undefined)[] =>
    own.filter(({ measure }) => measure === name).map(({ workers }) => workers);
  assert.equal(of('parallel.pack_speed_up'), CORES);
  assert.equal(of('parallel.receive_ms'), CORES);
  const several = workerCounts().filter((count) => count > 1);
  assert.equal(of('parallel.unpack_machine_speed_up'), several);
  assert.is(of('parallel.cores_used').length, 1);

  const links = resolveLinks(['dsl-20ms', 'lte-50ms']);
  const timed = resolveModels(['per-file']);
  const more = { timed, rounds: ROUNDS, links, extend: true, directory: join(directory, 'timed') };
  const plan = await planRun(directory, ['per-file', 'tar-zstd'], more);
  assert.is(await run(plan, contextOf(directory), silent), 0);
  const received = (await readRun(plan.directory)).records
    .filter(({ measure }) => measure === 'parallel.receive_span_ms')
    .map((one) => ('link' in one ? one.link : undefined));
  assert.equal(received, ['dsl-20ms', 'lte-50ms'], 'a link that is added has figures too');
});

test.run();
