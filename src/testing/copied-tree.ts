import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import * as assert from 'uvu/assert';
import { projectDirectory } from '../project.ts';

/** A copy of the tree that a test may change, as who adds something does. */

const isDeno = 'Deno' in globalThis;

/** Copies what the command is made of; packages are shared. */
export function copyTree(directory: string): void {
  const settings = isDeno ? ['deno.json'] : ['bin', 'tsconfig.json', 'package-lock.json'];
  for (const name of ['src', 'bench', 'package.json', 'METHODS.md', 'datasets', ...settings]) {
    cpSync(join(projectDirectory, name), join(directory, name), { recursive: true });
  }
  symlinkSync(join(projectDirectory, 'node_modules'), join(directory, 'node_modules'));
}

/** Puts lines after others: those that begin with `+` after the one before them, which is there once from there on. */
export function insertLines(path: string, block: string): void {
  const lines = readFileSync(path, 'utf8').split('\n');
  let place = 0;
  for (const line of block.split('\n')) {
    if (line.startsWith('+')) lines.splice(place++, 0, line.slice(1));
    else {
      const found = lines.indexOf(line.slice(1), place);
      assert.ok(found >= 0, `${path} has no line '${line.slice(1)}'`);
      place = found + 1;
    }
  }
  writeFileSync(path, lines.join('\n'));
}

/** Compiles it, where the runtime needs that. */
export function buildTree(directory: string): void {
  if (isDeno) return;
  const { status, stdout } = spawnSync(process.execPath, ['bin/build.js'], { cwd: directory });
  assert.is(status, 0, String(stdout));
}

export interface CommandResult {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Its command, with a cache of its own. */
export function benchOf(directory: string, ...words: readonly string[]): CommandResult {
  const script = join(directory, isDeno ? 'src/cli.ts' : 'dist/src/cli.js');
  const runtime = isDeno ? ['run', '--quiet', '-A', script] : [script];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...runtime, ...words], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, XDG_CACHE_HOME: join(directory, 'cache'), NO_COLOR: '1' },
  });
  return { status, out: stdout, err: stderr };
}
