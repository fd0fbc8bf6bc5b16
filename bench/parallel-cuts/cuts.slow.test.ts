import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { imageIn } from '../../src/testing/images.ts';
import { lackOfTime, unless } from '../../src/testing/needs.ts';
import { noise } from '../../src/testing/noise.ts';
import { sketchTree } from '../../src/testing/trees.ts';
import { unequalCuts } from './measure.ts';

unless(test, lackOfTime())('processes of several threads cut as one of one does', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'cuts-'));
  try {
    const tree = sketchTree({ a: { content: noise(17 << 20, 1) }, b: { content: 'b' } });
    const { descriptor } = imageIn(directory, 'one', tree);
    for (const chunker of ['xet:avg=16KiB', 'fastcdc:avg=16KiB,align=4KiB']) {
      assert.is(await unequalCuts(descriptor, chunker, undefined), 0);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test.run();
