/**
 * Runs the `*.test` files below a folder, each in a process of its own and as many at once as there are processors, on the
 * runtime that runs this. Closes with the line `N passed, N failed, N skipped`; fails when nothing ran.
 *
 *     node dist/src/testing/run.js dist [pattern…]     deno run -A src/testing/run.ts . [pattern…]
 *
 * Patterns are regular expressions on names such as `src/trees/tar.test.ts`; one that names no file is an error. `--fast`
 * leaves out tests that need programs, servers or time (see needs.ts), and files of nothing else, which are named
 * `*.slow.test.ts`: to start them would take a fifth of the time. `--by-runtime` runs the files of by-runtime.ts alone.
 * `--jobs N` sets how many files run at once, and `--limit S` the seconds after which a file is ended. Imports nothing of what
 * is tested, so that no fault there ends this.
 */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BY_RUNTIME } from './by-runtime.ts';
import { endAll, type Outcome, runFile, type TestFile } from './files.ts';
import { closingOf, detailsOf, lineOf, skipsOf } from './summary.ts';

const isDeno = 'Deno' in globalThis;
const suffix = isDeno ? '.test.ts' : '.test.js';
/** Seconds; the slowest file takes a twentieth of it on an idle machine. */
const LIMIT_SECONDS = 900;
const tree = fileURLToPath(import.meta.resolve('uvu')).replace(/[\\/]node_modules[\\/].*$/s, '');
/** Seconds that each file took last time, so that the longest begin first. Outside of what git tracks, and never needed. */
const memory = join(tree, 'node_modules/.cache/ocibench', `tests-${isDeno ? 'deno' : 'node'}.json`);

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readWords(process.argv.slice(2));
  if (typeof options === 'string') return refuse(options);
  const chosen = choose(filesBelow(options.folder), options);
  if (typeof chosen === 'string') return refuse(chosen);
  const place = mkdtempSync(join(tmpdir(), 'ocibench-tests-'));
  const stop = (signal: NodeJS.Signals): void => {
    endAll();
    rmSync(place, { recursive: true, force: true, maxRetries: 3 });
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  try {
    const { fast, jobs, limitSeconds } = options;
    let started = 0;
    const outcomes = await runAll(chosen, jobs, (file) =>
      runFile(file, {
        fast,
        limitSeconds,
        place: join(place, String(++started)),
      }),
    );
    for (const line of [...detailsOf(outcomes), ...skipsOf(outcomes), '', closingOf(outcomes)]) {
      process.stdout.write(`${line}\n`);
    }
    remember(outcomes);
    return outcomes.some(({ failed }) => failed > 0) ? 1 : 0;
  } finally {
    rmSync(place, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface Options {
  readonly folder: string;
  readonly patterns: readonly string[];
  readonly fast: boolean;
  readonly jobs: number;
  readonly limitSeconds: number;
}

/** The options, or what is wrong with the words. */
function readWords(args: readonly string[]): Options | string {
  const options = {
    fast: { type: 'boolean', default: false },
    'by-runtime': { type: 'boolean', default: false },
    jobs: { type: 'string', default: String(availableParallelism()) },
    limit: { type: 'string', default: String(LIMIT_SECONDS) },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
    const [jobs, limitSeconds] = [Number(values.jobs), Number(values.limit)];
    if (!Number.isSafeInteger(jobs) || jobs < 1) return `--jobs is no count: ${values.jobs}`;
    // Timers hold no more.
    if (!(limitSeconds > 0 && limitSeconds < 2e6)) return `--limit is no seconds: ${values.limit}`;
    const [folder = 'src', ...named] = positionals;
    const patterns = values['by-runtime'] ? [...BY_RUNTIME, ...named] : named;
    return { folder, patterns, fast: values.fast, jobs, limitSeconds };
  } catch (error) {
    return (error as Error).message;
  }
}

function refuse(why: string): number {
  process.stderr.write(`${why}\n`);
  process.stdout.write('\n0 passed, 1 failed, 0 skipped\n');
  return 1;
}

/** Runs the longest first; prints a line for each as it ends. */
async function runAll(
  files: readonly TestFile[],
  jobs: number,
  run: (file: TestFile) => Promise<Outcome>,
): Promise<readonly Outcome[]> {
  const seconds = recall();
  // One that never ran may be the longest; among those, name and text are all there is to judge by.
  const unknown = ({ name, path }: TestFile): number =>
    (name.endsWith('.slow.test.ts') ? 2000 : 1000) + statSync(path).size / 1e6;
  const weights = new Map(files.map((file) => [file, seconds[file.name] ?? unknown(file)]));
  const queue = files.toSorted((a, b) => weights.get(b)! - weights.get(a)!);
  const outcomes = new Map<TestFile, Outcome>();
  const width = Math.max(...files.map(({ name }) => name.length));
  const work = async (): Promise<void> => {
    for (let file = queue.shift(); file; file = queue.shift()) {
      const outcome = await run(file);
      outcomes.set(file, outcome);
      process.stdout.write(`${lineOf(outcome, width)}\n`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return files.map((file) => outcomes.get(file)!);
}

/** The files that some pattern names, or what is wrong with a pattern. */
function choose(
  all: readonly TestFile[],
  { patterns, fast }: Pick<Options, 'patterns' | 'fast'>,
): readonly TestFile[] | string {
  const files = fast ? all.filter(({ name }) => !name.endsWith('.slow.test.ts')) : all;
  if (files.length === 0) return 'no test file is there';
  if (patterns.length === 0) return files;
  const chosen = new Set<TestFile>();
  for (const pattern of patterns) {
    let expression: RegExp;
    try {
      expression = new RegExp(pattern);
    } catch (error) {
      return `'${pattern}' is no pattern: ${(error as Error).message}`;
    }
    const found = files.filter(({ name }) => expression.test(name));
    if (found.length === 0) return `no test file has '${pattern}' in its name`;
    for (const file of found) chosen.add(file);
  }
  return files.filter((file) => chosen.has(file));
}

/** In the order of their names. */
function filesBelow(folder: string): readonly TestFile[] {
  const isOthers = (name: string): boolean =>
    name === 'node_modules' || name === 'dist' || name.startsWith('.');
  const walk = (below: string): readonly TestFile[] =>
    readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) return isOthers(entry.name) ? [] : walk(name);
      if (!entry.name.endsWith(suffix)) return [];
      return { name: name.replace(/js$/, 'ts'), path: resolve(folder, name) };
    });
  return walk('').toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function recall(): Readonly<Record<string, number>> {
  try {
    const found = JSON.parse(readFileSync(memory, 'utf8')) as unknown;
    return typeof found === 'object' && found !== null ? (found as Record<string, number>) : {};
  } catch {
    return {};
  }
}

function remember(outcomes: readonly Outcome[]): void {
  // Those of other folders, as in the tests of this, are nobody's.
  const own = outcomes.filter(({ file }) => file.path.startsWith(join(tree, sep)));
  if (own.length === 0) return;
  const taken = own.map(({ file, seconds }) => [file.name, Math.round(seconds * 100) / 100]);
  try {
    mkdirSync(dirname(memory), { recursive: true });
    writeFileSync(memory, JSON.stringify({ ...recall(), ...Object.fromEntries(taken) }));
  } catch {
    // It is of use, not of need.
  }
}
