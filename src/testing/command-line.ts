import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scriptUrl } from '../workers/pool.ts';

/** The command line as a process of its own. */

const script = fileURLToPath(scriptUrl('../cli', import.meta.url));
/** What to start, and with which words first. */
export const benchCommand: readonly string[] =
  'Deno' in globalThis
    ? [process.execPath, 'run', '--quiet', '-A', script]
    : [process.execPath, script];

const cacheHome = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
/** Where Deno keeps what it has compiled; tests give everything else a cache of its own. */
export const denoDirectory: string = process.env['DENO_DIR'] ?? join(cacheHome, 'deno');

/** Milliseconds in which a process that was asked to end has ended, also on a machine that is busy. */
const PATIENCE_MS = 20_000;

export interface Ended {
  /** As a shell sees it: of a process that a signal ended, 128 and the number of the signal. */
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export interface Started {
  readonly child: ChildProcess;
  /** Ends when it does; throws, and kills it, where it does not in time after `signal` was sent. */
  end(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): Promise<Ended>;
  /** Waits for this process to end by itself. */
  wait(): Promise<Ended>;
  /** Waits until `isTrue` is. Throws where it is not in time. */
  until(isTrue: (soFar: Pick<Ended, 'out' | 'err'>) => boolean): Promise<void>;
}

const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 } as const;

/** Starts `bench` with these words in a directory, its cache and temporary files below it. */
export function startBench(
  directory: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Started {
  const [program, ...words] = [...benchCommand, ...args];
  const child = spawn(program!, words, {
    cwd: directory,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...process.env,
      XDG_CACHE_HOME: join(directory, 'cache'),
      XDG_CONFIG_HOME: join(directory, 'config'),
      TMPDIR: join(directory, 'tmp'),
      NO_COLOR: '1',
      DENO_DIR: denoDirectory,
      ...environment,
    },
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out = (out + text).slice(-1_000_000);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err = (err + text).slice(-1_000_000);
  });
  child.stdin.on('error', () => {});
  const ended = once(child, 'close').then(([code, signal]: (number | string | null)[]): Ended => {
    const number = NUMBERS[(signal ?? '') as keyof typeof NUMBERS] ?? 127;
    return { status: typeof code === 'number' ? code : 128 + number, out, err };
  });
  const inTime = async (): Promise<Ended> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS, 'late');
    });
    const result = await Promise.race([ended, late]);
    clearTimeout(timer);
    if (result !== 'late') return result;
    child.kill('SIGKILL');
    throw new Error(`bench ${args.join(' ')} did not end\n${err}`);
  };
  return {
    child,
    wait: () => ended,
    end(signal) {
      child.kill(signal);
      return inTime();
    },
    async until(isTrue) {
      for (const end = performance.now() + 9 * PATIENCE_MS; !isTrue({ out, err }); ) {
        if (performance.now() < end && child.exitCode === null) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          continue;
        }
        child.kill('SIGKILL');
        throw new Error(`bench ${args.join(' ')} did not come so far\n${err}`);
      }
    },
  };
}

/** Processor time of a process so far; 0 where it has ended. */
export function processorSeconds(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    // Fields 14 and 15 of proc(5), in ticks of 10 ms.
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}
