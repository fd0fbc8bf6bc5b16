import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { againstTool, lengthsOf, mixture } from '../testing/tools.ts';

againstTool('restic', 'same cuts by the polynomial of a new repository', (folder) => {
  const file = join(folder, 'file');
  const bytes = mixture(24_000_000, 9_000_000, 3_000_000);
  writeFileSync(file, bytes);
  const env = {
    ...process.env,
    RESTIC_PASSWORD: 'x',
    RESTIC_REPOSITORY: join(folder, 'repository'),
  };
  const run = (...args: string[]): string =>
    execFileSync('restic', [...args, '--no-cache'], {
      env,
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  run('init');
  run('backup', 'file');
  const { chunker_polynomial: polynomial } = JSON.parse(run('cat', 'config')) as {
    chunker_polynomial: string;
  };
  const { tree } = JSON.parse(run('cat', 'snapshot', run('list', 'snapshots').trim())) as {
    tree: string;
  };
  const { nodes } = JSON.parse(run('cat', 'blob', tree)) as {
    nodes: readonly { content: readonly string[] }[];
  };
  let offset = 0;
  const ids = lengthsOf(`rabin:poly=0x${polynomial}`, bytes).map((length) => {
    const chunk = bytes.subarray(offset, offset + length);
    offset += length;
    return createHash('sha256').update(chunk).digest('hex');
  });
  assert.equal(ids, nodes[0]!.content);
  assert.ok(ids.length > 5, `only ${ids.length} chunks`);
});

test.run();
