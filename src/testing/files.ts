import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LEFT_OUT } from './needs.ts';
import type { FileResult } from './run-file.ts';

/** A file of tests in a process of its own. */

export interface TestFile {
  /** As users name it, on both runtimes: `src/trees/tar.test.ts`. */
  readonly name: string;
  readonly path: string;
}

export interface FileOptions {
  readonly fast: boolean;
  readonly limitSeconds: number;
  /** Its temporary directory, which this makes and removes: no other file sees what is in it. */
  readonly place: string;
}

export interface Outcome extends FileResult {
  readonly file: TestFile;
  readonly seconds: number;
  /** What it printed, where something failed. */
  readonly output: string;
}

const isDeno = 'Deno' in globalThis;
const script = fileURLToPath(new URL(`./run-file.${isDeno ? 'ts' : 'js'}`, import.meta.url));
/** As many files run as there are processors: threads that collect garbage only get in the way of the others. */
const OPTIONS: readonly string[] = isDeno ? ['run', '--quiet', '-A'] : ['--single-threaded-gc'];
const running = new Set<ChildProcess>();

/** Most of what a file prints that is kept: characters. */
const OUTPUT = 1 << 20;
/** Milliseconds for the last of it to come: a program that left the group may keep the pipes open. */
const DRAIN_MS = 2000;

/** Never rejects: what goes wrong with the process is a failed test. */
export async function runFile(file: TestFile, options: FileOptions): Promise<Outcome> {
  const { fast, limitSeconds, place } = options;
  const [temporary, nothing, resultPath] = ['tmp', 'empty', 'result'].map((name) =>
    join(place, name),
  );
  for (const directory of [temporary!, nothing!]) mkdirSync(directory, { recursive: true });
  const start = performance.now();
  const words = [script, file.path, resultPath!, fast ? 'fast' : 'all'];
  const child = spawn(process.execPath, [...OPTIONS, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, which ends as a whole: a test may have started programs.
    detached: true,
    env: environment(fast ? { TMPDIR: temporary!, PATH: nothing! } : { TMPDIR: temporary! }),
  });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT);
    });
  }
  let isHung = false;
  const timer = setTimeout(() => {
    isHung = true;
    kill(child);
  }, limitSeconds * 1000);
  const closed = new Promise((resolve) => child.on('close', resolve));
  const ended = await new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(String(error)));
    // Not `close`: a program that a test left running may hold the pipes for ever.
    child.on('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : signal));
  });
  clearTimeout(timer);
  kill(child);
  running.delete(child);
  let drained: NodeJS.Timeout | undefined;
  const enough = new Promise((resolve) => {
    drained = setTimeout(resolve, DRAIN_MS);
  });
  await Promise.race([closed, enough]);
  clearTimeout(drained);
  const seconds = (performance.now() - start) / 1000;
  const why = isHung ? `did not end within ${limitSeconds} s` : ended;
  const judged = judge(readResult(resultPath!), why, isHung);
  const result = fast ? judgeFast(judged) : judged;
  rmSync(place, { recursive: true, force: true, maxRetries: 3 });
  return { ...result, file, seconds, output: result.failed > 0 ? output : '' };
}

/** Ends all files that run, and what they started. */
export function endAll(): void {
  for (const child of running) kill(child);
}

/** Adds what the end of the process says to what the tests said. */
export function judge(found: FileResult | undefined, ended: string, isHung: boolean): FileResult {
  if (!found) {
    const error = isHung ? `The file ${ended}.` : `The process ended before its tests: ${ended}.`;
    return { passed: 0, failed: 1, skipped: [], errors: [error] };
  }
  const failure = (error: string): FileResult => ({
    ...found,
    failed: found.failed + 1,
    errors: [...found.errors, error],
  });
  if (isHung) return failure(`The tests ended, but the process ${ended}.`);
  const expected = `exit code ${found.failed > 0 ? 1 : 0}`;
  if (ended !== expected) return failure(`The tests ended, then the process failed: ${ended}.`);
  if (found.passed + found.failed + found.skipped.length === 0) {
    return failure('No test was registered: is test.run() missing?');
  }
  return found;
}

/** A file that starts for nothing is slow, and is to be named so. */
function judgeFast(found: FileResult): FileResult {
  const { passed, failed, skipped } = found;
  if (passed + failed > 0 || !skipped.every((reason) => reason.startsWith(LEFT_OUT))) return found;
  return {
    ...found,
    failed: 1,
    errors: ['No test of it is fast: let its name end in .slow.test.ts'],
  };
}

/** Without what colours the signs by which run-file.ts knows that a test has ended. */
function environment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _, ...rest } = process.env;
  return { ...rest, ...own };
}

function readResult(path: string): FileResult | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as FileResult;
  } catch {
    return undefined;
  }
}

function kill(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
