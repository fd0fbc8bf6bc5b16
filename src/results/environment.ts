import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from './run.ts';

/** The checkout or installation this code runs from: the nearest folder above with our package.json. */
export const projectDirectory: string = findProject(dirname(fileURLToPath(import.meta.url)));

interface Package {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

export function describeEnvironment(): Environment {
  const ours = readPackage(projectDirectory) ?? {};
  const commit = readCommit();
  return {
    runtime: runtimeName(),
    platform: `${platform()} ${release()} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: totalmem(),
    load: loadavg()[0] ?? 0,
    ocibench: ours.version ?? 'unknown',
    ...(commit === undefined ? {} : { commit }),
    dependencies: ours.dependencies ?? {},
  };
}

export function runtimeName(): string {
  const deno = (globalThis as { Deno?: { version: { deno: string } } }).Deno;
  return deno ? `deno ${deno.version.deno}` : `node ${process.versions.node}`;
}

function findProject(directory: string): string {
  if (readPackage(directory)?.name === 'ocibench') return directory;
  const parent = dirname(directory);
  return parent === directory ? process.cwd() : findProject(parent);
}

function readPackage(directory: string): Package | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Package;
  } catch {
    return undefined;
  }
}

function readCommit(): string | undefined {
  try {
    const head = readFileSync(join(projectDirectory, '.git', 'HEAD'), 'utf8').trim();
    if (!head.startsWith('ref: ')) return head;
    return readFileSync(join(projectDirectory, '.git', head.slice(5)), 'utf8').trim();
  } catch {
    return undefined;
  }
}
