import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { run } from './pipeline.ts';
import { readRun } from './results/read.ts';
import type { ValueRecord } from './results/record.ts';
import { lackOfTime, unless } from './testing/needs.ts';
import { noise } from './testing/noise.ts';
import { contextOf, planRun, silent, writeDataset } from './testing/tiny-run.ts';
import { type Sketch, sketchTree } from './testing/trees.ts';

/** The client `other-distribution` in the records of a run over two families, beside the matrix of all pairs. */

const family = (id: string, files: Readonly<Record<string, number>>) =>
  sketchTree({
    etc: { type: 'directory' },
    'etc/os-release': { content: `NAME="x"\nID=${id}\n` },
    ...Object.fromEntries(
      Object.entries(files).map(([path, seed]): [string, Sketch] => [
        path,
        { content: noise(10_000 * seed, seed) },
      ]),
    ),
  });

unless(test, lackOfTime())(
  '13 of two families each image has a client that holds the best of the other',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ocibench-families-'));
    try {
      writeDataset(directory, [
        family('alpine', { a: 1, b: 2 }),
        family('alpine', { a: 1, b: 2, c: 3 }),
        family('debian', { x: 4, b: 2 }),
        family('debian', { x: 4, y: 5, c: 3 }),
      ]);
      const plan = await planRun(directory, ['per-file', 'tar-zstd']);
      assert.is(await run(plan, contextOf(directory), silent), 0);
      const records = (await readRun(plan.directory)).records as readonly ValueRecord[];
      const bytes = (model: string, image: string, client: string): number | undefined => {
        const isIt = (one: ValueRecord): boolean =>
          one.measure === 'transfer.bytes' &&
          one.model === model &&
          one.image === image &&
          one.client === client;
        const found = records.find(isIt);
        return found && Number(found.value);
      };
      const [files, tar] = plan.models as [string, string];
      const best = { v0: ['v2', 'v3'], v1: ['v2', 'v3'], v2: ['v0', 'v1'], v3: ['v0', 'v1'] };
      for (const model of [files, tar]) {
        for (const [image, others] of Object.entries(best)) {
          const pairs = others.map((other) => bytes(model, image, `image:${other}`)!);
          assert.is(bytes(model, image, 'other-distribution'), Math.min(...pairs), image);
        }
      }
      const spared = (image: string): number =>
        bytes(files, image, 'none')! - bytes(files, image, 'other-distribution')!;
      // Noise does not shrink: b has 20,000 bytes, c 30,000.
      for (const [image, least] of [
        ['v0', 20_000],
        ['v1', 30_000],
        ['v2', 20_000],
        ['v3', 30_000],
      ] as const) {
        assert.ok(
          spared(image) >= least && spared(image) < least + 1000,
          `${image} ${spared(image)}`,
        );
      }
      assert.is(bytes(tar, 'v1', 'other-distribution'), bytes(tar, 'v1', 'none'));
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
);

test.run();
