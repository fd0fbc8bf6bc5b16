import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { projectDirectory, projectPackage, runtimeName } from '../project.ts';
import type { Environment } from './run.ts';

export function describeEnvironment(): Environment {
  const ours = projectPackage();
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

function readCommit(): string | undefined {
  try {
    const head = readFileSync(join(projectDirectory, '.git', 'HEAD'), 'utf8').trim();
    if (!head.startsWith('ref: ')) return head;
    return readFileSync(join(projectDirectory, '.git', head.slice(5)), 'utf8').trim();
  } catch {
    return undefined;
  }
}
