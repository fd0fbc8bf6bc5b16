/**
 * Runs one file of tests in this process and writes what came of it, as JSON, to another file: only once all have ended, so
 * that a process which ends before its tests leaves nothing.
 *
 *     run-file FILE RESULT all|fast
 */
import { writeFileSync } from 'node:fs';
import { Server as HttpServer } from 'node:http';
import { createRequire } from 'node:module';
import { Server } from 'node:net';
import { pathToFileURL } from 'node:url';
import { takeSkips, underRunner } from './needs.ts';

export interface FileResult {
  readonly passed: number;
  readonly failed: number;
  /** One reason for each test that was skipped. */
  readonly skipped: readonly string[];
  /** Failures as uvu words them. */
  readonly errors: readonly string[];
}

/** What uvu queues for each `test.run()`: errors, or true for none; passed; skipped by `test.skip`; total. */
type Suite = () => Promise<
  readonly [errors: string | true, passed: number, skipped: number, total: number]
>;

/** Where uvu says how many tests of a suite passed, which the runner does. */
const COUNT = /^ {2}\(\d+ \/ \d+\)\n$/;

const [file = '', resultPath = '', kind = 'all'] = process.argv.splice(2);
if (kind === 'fast') forbidServers();
underRunner(kind === 'fast');

const queue: Suite[] = [];
// uvu then leaves it to others to run what it queues.
Object.assign(globalThis, { UVU_DEFER: 1, UVU_INDEX: 0, UVU_QUEUE: [queue] });
await load(file);
const result = await runAll(queue);
writeFileSync(resultPath, JSON.stringify(result));
process.exitCode = result.failed > 0 ? 1 : 0;

/**
 * At once where the runtime can: hundreds of modules that are awaited one by one take a third longer, and most files of tests
 * take no longer than that.
 */
async function load(path: string): Promise<void> {
  if (!('Deno' in globalThis)) {
    try {
      createRequire(import.meta.url)(path);
      return;
    } catch (error) {
      // Of a Node that cannot, and of modules that await something themselves.
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ERR_REQUIRE_ESM' && code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
    }
  }
  await import(pathToFileURL(path).href);
}

async function runAll(suites: readonly Suite[]): Promise<FileResult> {
  const skipped: string[] = [];
  const errors: string[] = [];
  let [passed, failed] = [0, 0];
  // uvu marks the end of each test by a sign, and says nothing else of it.
  const write = process.stdout.write;
  process.stdout.write = ((...words: Parameters<typeof write>) => {
    if (COUNT.test(String(words[0]))) return true;
    if (words[0] !== '• ' && words[0] !== '✘ ') return write.apply(process.stdout, words);
    const reasons = takeSkips();
    if (words[0] === '• ' && reasons.length > 0) skipped.push([...new Set(reasons)].join('; '));
    return true;
  }) as typeof write;
  for (const suite of suites) {
    const before = skipped.length;
    const [texts, ended, left, total] = await suite();
    passed += ended - (skipped.length - before);
    failed += total - ended;
    if (texts !== true) errors.push(texts);
    else if (ended < total) errors.push('A hook failed before the tests had ended.\n');
    for (let count = 0; count < left; count++)
      skipped.push('no reason given: use unless() or skip()');
  }
  process.stdout.write = write;
  return { passed, failed, skipped, errors };
}

function forbidServers(): void {
  for (const { prototype } of [Server, HttpServer]) {
    Object.assign(prototype, {
      listen() {
        throw new Error('a fast test must not listen: see lackOfServers in testing/needs.ts');
      },
    });
  }
}
