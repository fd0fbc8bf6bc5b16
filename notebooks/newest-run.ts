import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The run directory below `reports` that was written last. */
export function newestRun(reports: string): string {
  const runs = readdirSync(reports)
    .map((name) => join(reports, name))
    .filter((path) => existsSync(join(path, 'run.json')))
    .sort((a, b) => statSync(join(b, 'run.json')).mtimeMs - statSync(join(a, 'run.json')).mtimeMs);
  const [newest] = runs;
  if (newest === undefined)
    throw new Error(`no run below ${reports}: make one with \`deno task bench\``);
  return newest;
}
