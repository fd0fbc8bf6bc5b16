import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { againstTool, lengthsOf, mixture } from '../testing/tools.ts';

againstTool('borg', 'same cuts as an unencrypted repository', (folder) => {
  const file = join(folder, 'file');
  const bytes = mixture(2_000_000, 500_000, 300_000);
  writeFileSync(file, bytes);
  const env = {
    ...process.env,
    BORG_BASE_DIR: folder,
    BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
  };
  const repository = join(folder, 'repository');
  const run = (...args: string[]): void => {
    execFileSync('borg', args, { env, cwd: folder, stdio: 'pipe' });
  };
  run('init', '-e', 'none', repository);
  for (const [minBits, maxBits, bits] of [
    [12, 16, 14],
    [10, 15, 12],
    [19, 23, 21],
  ]) {
    const archive = `${repository}::a${bits}`;
    run(
      'create',
      '--chunker-params',
      `buzhash,${minBits},${maxBits},${bits},4095`,
      archive,
      'file',
    );
    const dump = join(folder, `${bits}.json`);
    run('debug', 'dump-archive', archive, dump);
    const { _items: items } = JSON.parse(readFileSync(dump, 'utf8')) as {
      _items: readonly { chunks: readonly (readonly [id: string, size: number])[] }[];
    };
    const id = `borg:min=${2 ** minBits!},avg=${2 ** bits!},max=${2 ** maxBits!}`;
    assert.equal(
      lengthsOf(id, bytes),
      items[0]!.chunks.map(([, size]) => size),
      id,
    );
  }
});

test.run();
