import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';

/** Scripts and directories for tests that hold ours against programs of others. */

/** False, said aloud, where a tool is missing; in CI that is a failure. */
export function has(...tools: readonly string[]): boolean {
  for (const tool of tools) {
    if (spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0) continue;
    assert.not.ok(process.env['CI'], `${tool} must be installed`);
    console.log(`skipped: ${tool} is missing`);
    return false;
  }
  return true;
}

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
