import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { claimChild } from '../claims.ts';
import { fromPlain, type PlainError } from '../errors.ts';
import { type PluginFile, pluginsInUse } from '../plugin-files.ts';
import { identify, tagOf } from '../processes.ts';
import { projectDirectory } from '../project.ts';
import { endScratch } from '../scratch.ts';

/** Measurements that must not share a process: a script of this tree reads one JSON line and answers with one. */

export interface ChildOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Run by the other of Node and Deno. */
  readonly otherRuntime?: boolean;
  /** Garbage is collected and code compiled by the thread that works, too: it takes one core, no more. */
  readonly oneCore?: boolean;
}

/** What the script reads: a command line would be too short for the configuration of some images. */
export interface Order {
  readonly input: unknown;
  readonly plugins: readonly PluginFile[];
}

export type Reply = { readonly result: unknown } | { readonly error: PlainError };

const isDeno = 'Deno' in globalThis;

/** @param script URL as from `scriptUrl` */
export function runChild<Result>(
  script: URL,
  input: unknown,
  options: ChildOptions = {},
): Promise<Result> {
  const path = fileURLToPath(script);
  const command = options.otherRuntime ? otherCommand(path) : ownCommand(path, options);
  if (!command) throw new Error('the other runtime is not here: ask otherRuntime() first');
  const [program, ...words] = command;
  return new Promise<Result>((resolve, reject) => {
    const order: Order = { input, plugins: pluginsInUse() };
    const child = spawn(program!, words, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...options.environment },
      ...(options.signal ? { signal: options.signal } : {}),
    });
    claimChild(child);
    const tag = child.pid === undefined ? undefined : tagOf(identify(child.pid));
    let output = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => {
      output += text;
    });
    child.on('error', reject);
    // One that has ended reads nothing; how it ended says more.
    child.stdin.on('error', () => {});
    child.stdin.end(JSON.stringify(order));
    child.on('close', (code) => {
      // Where it was ended it could not do so itself.
      if (tag !== undefined) endScratch(tag);
      try {
        const reply = JSON.parse(output) as Reply;
        if ('error' in reply) reject(fromPlain(reply.error));
        else resolve(reply.result as Result);
      } catch (cause) {
        reject(new Error(`${path} ended with code ${code} and no result`, { cause }));
      }
    });
  });
}

/** Name of the other runtime where it can run this tree; otherwise what is lacking. */
export function otherRuntime(): { readonly name: string } | { readonly lacking: string } {
  const name = isDeno ? 'node' : 'deno';
  if (!findProgram(name)) return { lacking: `install ${name} and put it on PATH` };
  if (isDeno && !existsSync(join(projectDirectory, 'dist', 'src', 'cli.js'))) {
    return { lacking: 'build the tree for Node with `npm run build`' };
  }
  if (!isDeno && !existsSync(join(projectDirectory, 'src', 'cli.ts'))) {
    return { lacking: 'run from a checkout: the installed package has no TypeScript sources' };
  }
  return { name };
}

function ownCommand(path: string, { oneCore = false }: ChildOptions): readonly string[] {
  const words = isDeno ? ['run', '--quiet', '-A'] : [];
  const flag = isDeno ? '--v8-flags=--single-threaded' : '--single-threaded';
  return [process.execPath, ...words, ...(oneCore ? [flag] : []), path];
}

function otherCommand(path: string): readonly string[] | undefined {
  const program = findProgram(isDeno ? 'node' : 'deno');
  if (program === undefined) return undefined;
  if (isDeno) {
    const built = join(projectDirectory, 'dist', relative(projectDirectory, path));
    return [program, built.replace(/\.ts$/, '.js')];
  }
  const source = join(projectDirectory, relative(join(projectDirectory, 'dist'), path));
  return [program, 'run', '--quiet', '-A', source.replace(/\.js$/, '.ts')];
}

/** Path of a program on PATH, or in one of `more` folders. */
export function findProgram(name: string, more: readonly string[] = []): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...more];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
