import { join } from 'node:path';
import { main } from '../commands/main.ts';
import type { Ended } from './command-line.ts';

/** A command in this process: to start one for each takes a second. What it reads of its surroundings is put back. */
export async function bench(
  directory: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const before = { directory: process.cwd(), environment: { ...process.env } };
  process.chdir(directory);
  const homes = {
    XDG_CACHE_HOME: join(directory, 'cache'),
    XDG_CONFIG_HOME: join(directory, 'config'),
  };
  Object.assign(process.env, { ...homes, ...environment });
  let [out, err] = ['', ''];
  try {
    const status = await main(args, {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      async *input() {},
      isTerminal: false,
      signal: new AbortController().signal,
    });
    return { status, out, err };
  } finally {
    process.chdir(before.directory);
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, before.environment);
  }
}
