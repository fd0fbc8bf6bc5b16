import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { againstTool, lengthsOf, mixture } from '../testing/tools.ts';

/** Ends of the chunks in a `.caibx`: after two headers, items of u64 offset and 32 bytes of id. */
function caibxLengths(path: string): readonly number[] {
  const bytes = readFileSync(path);
  const [INDEX_HEADER, TABLE_HEADER, ITEM, TABLE_TAIL] = [48, 16, 40, 40];
  const lengths: number[] = [];
  let offset = 0;
  for (let at = INDEX_HEADER + TABLE_HEADER; at + TABLE_TAIL < bytes.length; at += ITEM) {
    const end = Number(bytes.readBigUInt64LE(at));
    lengths.push(end - offset);
    offset = end;
  }
  return lengths;
}

againstTool('casync', 'same cuts at several sizes, and fixed where min = avg = max', (folder) => {
  const file = join(folder, 'file');
  const bytes = mixture(3_000_000, 1_000_000, 700_000);
  writeFileSync(file, bytes);
  for (const [min, avg, max] of [
    [16384, 65536, 262144],
    [1024, 4096, 16384],
    [3000, 10_007, 50_001],
    [5000, 5000, 5000],
    // The fitted discriminator is below min, and above max.
    [9000, 10_000, 40_000],
    [1000, 4 << 20, 4 << 20],
  ]) {
    const index = join(folder, `${avg}.caibx`);
    const sizes = `--chunk-size=${min}:${avg}:${max}`;
    execFileSync('casync', ['make', sizes, `--store=${join(folder, 'store')}`, index, file]);
    const id = `casync:min=${min},avg=${avg},max=${max}`;
    assert.equal(lengthsOf(id, bytes), caibxLengths(index), id);
  }
});

test.run();
