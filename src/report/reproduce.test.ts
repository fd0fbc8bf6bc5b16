import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openDataset } from '../datasets/mod.ts';
import { describeDataset } from '../results/run.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import { sampleInfo } from '../testing/sample-run.ts';
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
    const { command } = reproduce({ ...sampleInfo([]), dataset: own });
    assert.match(command, new RegExp(`^bench run '${tars[0]}' ${tars[1]} --image`));
    const shipped = describeDataset(await openDataset(['ci-slice']));
    assert.match(
      reproduce({ ...sampleInfo([]), dataset: shipped }).command,
      /^bench run --dataset ci-slice --image/,
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test.run();
