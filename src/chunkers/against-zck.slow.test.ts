import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { againstTool, lengthsOf, mixture } from '../testing/tools.ts';

againstTool('zck', 'same cuts in noise, zeros and periods', (folder) => {
  const file = join(folder, 'file');
  const bytes = mixture(6_000_000, 2_000_000, 700_000);
  writeFileSync(file, bytes);
  const archive = join(folder, 'file.zck');
  execFileSync('zck', ['--compression-format=none', '-o', archive, file], { stdio: 'pipe' });
  const listing = execFileSync('zck_read_header', ['-c', archive], { encoding: 'utf8' });
  // Number, checksum, start, length, uncompressed length; number 0 is the dictionary.
  const rows = [...listing.matchAll(/^ *\d+ [0-9a-f]{32} +\d+ +\d+ +(\d+)/gm)];
  assert.equal(
    lengthsOf('zchunk', bytes),
    rows.slice(1).map(([, length]) => Number(length)),
  );
});

test.run();
