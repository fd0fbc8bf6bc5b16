import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openDataset } from '../datasets/mod.ts';
import type { ResultRecord } from '../results/record.ts';
import { describeDataset } from '../results/run.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import { sampleInfo, sampleRecord } from '../testing/sample-run.ts';
import { sketchTree } from '../testing/trees.ts';
import { reproduce } from './reproduce.ts';

test('the command names the images as they were named', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ocibench-reproduce-'));
  try {
    const tars = ['a b.tar', 'c.tar'].map((name) => join(directory, name));
    for (const tar of tars) {
      writeFileSync(tar, readAll(treeToTar(sketchTree({ [tar.length]: { content: tar } }))));
    }
    const own = describeDataset(await openDataset(tars));
    const { command } = reproduce({ info: { ...sampleInfo([]), dataset: own }, records: [] });
    assert.match(command, new RegExp(`^bench run '${tars[0]}' ${tars[1]} --image`));
    const shipped = describeDataset(await openDataset(['ci-slice']));
    assert.match(
      reproduce({ info: { ...sampleInfo([]), dataset: shipped }, records: [] }).command,
      /^bench run --dataset ci-slice --image/,
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('the command of an interrupted run names the images that were planned', () => {
  const { finishedAt: _, images, ...info } = sampleInfo([{ id: 'm' }]);
  const { command } = reproduce({ info: { ...info, images: images.slice(0, 1) }, records: [] });
  assert.match(command, ' --image one --image two --image three --model m');
});

test('the command leaves out what the run left out, and nothing that an experiment chooses', () => {
  const info = sampleInfo([{ id: 'm' }], ['one']);
  const timed = sampleRecord('m', 'throughput.pack', 1, { workers: 1 });
  const reproduced = sampleRecord('m', 'reproducibility.distinct_digests', 1);
  const endOf = (records: readonly ResultRecord[], experiment?: string): string => {
    const own = experiment === undefined ? info : { ...info, experiment };
    return reproduce({ info: own, records }).command.replace(/.*--(link|image) \S+ ?/, '');
  };
  assert.is(endOf([]), '--repeat 0 --no-reproducibility');
  assert.is(endOf([timed]), '--no-reproducibility');
  assert.is(endOf([reproduced]), '--repeat 0');
  assert.is(endOf([timed, reproduced]), '');
  assert.is(endOf([], 'chunk-size'), '');
});

test.run();
