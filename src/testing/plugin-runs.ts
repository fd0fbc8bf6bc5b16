import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'uvu';
import type { ResultRecord } from '../results/record.ts';
import { scriptUrl } from '../workers/pool.ts';
import { directorySuite, type InDirectory } from './directory.ts';
import { lackOfTime } from './needs.ts';
import { writeDataset } from './tiny-run.ts';
import { richTree, sketchTree } from './trees.ts';

/** A directory outside of this tree for each test, for the command line. */
export const pluginSuite = (name: string): Test<InDirectory> => directorySuite(name, lackOfTime());

const script = fileURLToPath(scriptUrl('../cli', import.meta.url));
const runtime = 'Deno' in globalThis ? ['run', '--quiet', '-A', script] : [script];

export interface Outcome {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** A process: plug-ins are loaded once for all that it does. */
export function bench(directory: string, ...args: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...runtime, ...args], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, XDG_CACHE_HOME: join(directory, 'cache'), NO_COLOR: '1' },
  });
  return { status, out: stdout, err: stderr };
}

export const read = (directory: string, path: string): string =>
  readFileSync(join(directory, path), 'utf8');

export function recordsOf(directory: string, run = 'out'): readonly ResultRecord[] {
  const lines = read(directory, join(run, 'records.jsonl')).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as ResultRecord);
}

/** Two small images, and plug-ins by file name. */
export function prepare(directory: string, files: Readonly<Record<string, string>>): void {
  writeDataset(directory, [richTree(), sketchTree({ a: { content: 'one\ntwo\n'.repeat(9000) } })]);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
}

export const FAST: readonly string[] = [
  '--dataset',
  'tiny.json',
  '--out',
  'out',
  '--repeat',
  '0',
  '--no-reproducibility',
];
