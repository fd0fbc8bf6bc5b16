import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { againstTool, lengthsOf, mixture } from '../testing/tools.ts';

againstTool('bup', 'same blobs as bup split', (folder) => {
  const file = join(folder, 'file');
  const bytes = mixture(10_000_000, 2_000_000, 700_000);
  writeFileSync(file, bytes);
  const env = { ...process.env, BUP_DIR: join(folder, 'repository') };
  const blobs = execFileSync('bup', ['split', '--noop', '--blobs', file], {
    env,
    encoding: 'utf8',
    stdio: 'pipe',
  });
  let offset = 0;
  const ids = lengthsOf('bup', bytes).map((length) => {
    const blob = bytes.subarray(offset, offset + length);
    offset += length;
    return createHash('sha1').update(`blob ${length}\0`).update(blob).digest('hex');
  });
  assert.equal(ids, blobs.trim().split('\n'));
});

test.run();
