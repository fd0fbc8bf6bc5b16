import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export { has } from './needs.ts';

/** Scripts and directories for tests that hold ours against programs of others. */

/** Standard output of a script, one character a byte; throws what it wrote to standard error where it fails. */
export function shell(script: string, cwd: string): string {
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC', HOME: cwd };
  const options = { cwd, encoding: 'latin1', env, maxBuffer: 1 << 28 } as const;
  const result = spawnSync('bash', ['-ec', script], options);
  if (result.status !== 0) throw new Error(result.stderr);
  return result.stdout;
}

export async function inDirectory(
  work: (directory: string) => Promise<void> | void,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'ocibench-tools-'));
  try {
    await work(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
