import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createChunker, lengthsOfMany } from '../../src/chunkers/mod.ts';
import { groupsOf, Sweep } from '../../src/chunkers/sweep.ts';
import { adHocDataset } from '../../src/datasets/mod.ts';
import { UnavailableError } from '../../src/errors.ts';
import { Cache } from '../../src/images/cache.ts';
import { Kernels } from '../../src/kernels/kernels.ts';
import type { Plan } from '../../src/plan.ts';
import type { Progress } from '../../src/progress.ts';
import { writeReport } from '../../src/report/mod.ts';
import { readRun } from '../../src/results/read.ts';
import { FileSource, MemorySource, readRange } from '../../src/streams/source.ts';
import { lackOfTime, skip, unless } from '../../src/testing/needs.ts';
import { measureExperiment, writeVerdict } from '../experiment.ts';
import { timedMembers } from './cases.ts';
import { peers, RABIN_WASM_POLYNOMIAL } from './peers.ts';
import { speed } from './speed.ts';

/** Real bytes that every machine has: machine code and tables of the runtime. */
const runtime = new FileSource(process.execPath);
const bytes = readRange(runtime, runtime.length >> 1, 3_000_001);
runtime.close();

const SIZES = [8, 64, 256].map((kib) => ({ min: 256 * kib, avg: 1024 * kib, max: 8192 * kib }));

for (const peer of peers) {
  test(`${peer.name} cuts as ${peer.same} does`, async () => {
    const cut = await peer.open().catch((error: unknown) => {
      if (error instanceof UnavailableError) return undefined;
      throw error;
    });
    if (!cut) return skip(`${peer.name} is not installed or does not run here`);
    for (const { min, avg, max } of SIZES) {
      const polynomial = peer.same === 'rabin' ? `,poly=${RABIN_WASM_POLYNOMIAL}` : '';
      const own = createChunker(`${peer.same}:min=${min},avg=${avg},max=${max}${polynomial}`);
      const lengths = await cut(bytes, { min, avg, max });
      assert.equal([...own.lengths(new MemorySource(bytes))], Array.from(lengths));
    }
  });
}

test('select alone cuts what the sweep cuts, as often as it is asked', () => {
  const source = new MemorySource(bytes);
  const sets = ['4KiB', '64KiB'].map((avg) => createChunker(`fastcdc:avg=${avg}`));
  const sweep = new Sweep(groupsOf(sets), bytes.length, new Kernels());
  sweep.read(source, 0);
  const scan = sweep.scans[0]!;
  const listEnd = sweep.find(scan);
  for (let turn = 0; turn < 2; turn++) {
    sweep.restart(scan);
    sweep.select(scan, listEnd);
    assert.equal(
      scan.sets.map(({ lengths }) => lengths.all()),
      lengthsOfMany(sets, source),
    );
  }
});

unless(test, lackOfTime())(
  'every chunker is timed at every size, recorded, drawn, and not timed again',
  async () => {
    const notes: string[] = [];
    const note = (text: string): void => void notes.push(text);
    const progress: Progress = { start() {}, more() {}, step() {}, note, busy() {}, end() {} };
    const place = mkdtempSync(join(tmpdir(), 'speed-'));
    try {
      const root = join(place, 'root');
      mkdirSync(root);
      writeFileSync(join(root, 'code'), bytes.subarray(0, 300_000));
      const dataset = await adHocDataset(root);
      const directory = join(place, 'run');
      const plan: Plan = {
        experiment: 'speed',
        dataset,
        images: dataset.images.map(({ id }) => id),
        models: [],
        swept: [],
        links: [],
        timed: [],
        reproduced: [],
        rounds: { least: 0, most: 0 },
        workers: 1,
        fresh: false,
        extend: false,
        directory,
      };
      const context = {
        cache: new Cache(join(place, 'cache')),
        fetch: () => Promise.reject(new Error('no network in this test')),
        baseDirectory: place,
        progress: () => {},
      };
      const ask = async (): Promise<string> => {
        await measureExperiment(speed, plan, context, progress);
        return writeVerdict(speed, plan, context);
      };
      const text = await ask();
      const { info, records } = await readRun(directory);
      assert.is(info.experiment, 'speed');
      const rates = records.filter(({ measure }) => measure === 'speed.rate');
      const timed = rates.flatMap((one) => ('value' in one ? one.model : []));
      assert.equal(
        timed,
        info.models.map(({ id }) => id),
      );
      const rounds = new Set(
        rates.flatMap((one) => ('value' in one ? (one.samples?.length ?? 0) : [])),
      );
      assert.is(rounds.size, 1);
      assert.ok([...rounds][0]! >= 13, 'as many as can tell so many chunkers apart');
      const floors = records.filter(({ measure }) => measure === 'speed.noise_floor');
      assert.equal(
        floors.map(({ model }) => model.split(':')[0]),
        ['fastcdc'],
      );
      assert.ok(timedMembers.length > 10);
      for (const { name } of timedMembers) {
        assert.is(timed.filter((id) => id.startsWith(`${name}:`)).length, 3, name);
        assert.match(text, `| ${name}:`);
      }
      const chunks = (start: string): readonly unknown[] =>
        records.flatMap((one) =>
          'value' in one && one.measure === 'speed.chunks' && one.model.startsWith(start)
            ? one.value
            : [],
        );
      assert.is(chunks('npm:fastcdc-wasm').length, 3);
      assert.equal(chunks('npm:fastcdc-wasm'), chunks('ronomon:'));
      assert.equal(chunks('npm:rabin-wasm'), chunks('rabin:'));

      assert.ok(
        (await writeReport(directory)).includes(join(directory, 'charts/chunker-speed.svg')),
      );
      const before = readFileSync(join(directory, 'records.jsonl'), 'utf8');
      assert.is(await ask(), text);
      assert.is(readFileSync(join(directory, 'records.jsonl'), 'utf8'), before);
      assert.match(notes.join(), '--fresh measures anew');
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  },
);

test.run();
