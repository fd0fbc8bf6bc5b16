import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lackOf, lackOfTime, skip, unless } from './testing/needs.ts';
import { noise } from './testing/noise.ts';
import { writeDataset } from './testing/tiny-run.ts';
import { sketchTree } from './testing/trees.ts';
import { scriptUrl } from './workers/pool.ts';

/**
 * Every verb that writes, on a disk that takes less than it has to write: by the limit of file sizes (`ulimit -f`), which needs no
 * root, and by a full tmpfs, which does. It fails and says so, or everything is there.
 */
const test = unless(suite('verbs on a disk that is too small'), lackOf('sh'), lackOfTime());

const directory = mkdtempSync(join(tmpdir(), 'ocibench-verbs-'));
test.after(() => rmSync(directory, { recursive: true }));

const script = fileURLToPath(scriptUrl('./cli', import.meta.url));
const runtime = 'Deno' in globalThis ? ['run', '--quiet', '-A', script] : [script];

/** Bytes of a block of `ulimit -f` (POSIX). */
const BLOCK = 512;
/** Bytes of a page of a tmpfs. */
const PAGE = 4096;

/** Digests by path. */
type Files = ReadonlyMap<string, string>;

interface Outcome {
  readonly status: number | null;
  readonly complaint: string;
}

/** @param limit blocks that a file may have */
function bench(words: string, limit: number | 'unlimited' = 'unlimited'): Outcome {
  // Where the signal is not ignored, Deno ends when it writes its own cache, before the program begins.
  const line = `trap '' XFSZ; ulimit -f ${limit}; "$@" ${words}`;
  const { status, stderr } = spawnSync('sh', ['-c', line, 'sh', process.execPath, ...runtime], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, DENO_NO_UPDATE_CHECK: '1' },
  });
  return { status, complaint: stderr };
}

interface Verb {
  /** Words of the command, with where it writes; `OUT` stands for the place. */
  readonly words: string;
  /** Makes what must be there before. */
  readonly before?: (out: string) => void;
  /** Words that stand where records are kept after a failure, and the same command completes them. */
  readonly isResumed?: true;
  /** Names whose bytes tell when it ran, or where. */
  readonly varying?: RegExp;
}

const CELLS = "--model per-file --model 'catar|fastcdc:avg=4KiB|zstd:3|objects|get'";
const RUN = `run --dataset tiny.json ${CELLS} --repeat 0 --no-reproducibility --workers 1 --cache cache`;
const TIMED = /run\.json$|report\.html$|summary\.md$/;

const verbs: Readonly<Record<string, Verb>> = {
  // A plain tar would be measured where it lies.
  'dataset fetch': { words: 'dataset fetch v0.tar.gz --cache OUT', varying: /users|facts/ },
  'dataset add': { words: 'dataset add OUT.json ./v0.tar ./v1.tar' },
  'pack to a chunk store': {
    words: `pack v0.tar --model 'catar|fastcdc:avg=4KiB|none|objects|get' --out OUT --workers 2 --cache cache`,
  },
  'unpack to files': { words: 'unpack packed --out OUT --workers 1' },
  'unpack to a tar': { words: 'unpack packed --out OUT.tar --workers 2' },
  run: { words: `${RUN} --out OUT`, isResumed: true, varying: TIMED },
  'run of an experiment': {
    words: 'run metadata-share --dataset tiny.json --out OUT --workers 1 --cache cache',
    isResumed: true,
    varying: TIMED,
  },
  report: {
    words: 'report OUT',
    before: (out) => cpSync(join(directory, 'measured'), out, { recursive: true }),
  },
  export: { words: 'export measured --format json > OUT.json' },
  list: { words: 'list models > OUT.txt' },
  chunk: { words: 'chunk v0.tar --chunker fastcdc:avg=1KiB > OUT.txt' },
};

test.before(() => {
  const contents = (seed: number): Parameters<typeof sketchTree>[0] => ({
    'etc/long': { content: noise(60_000, seed) },
    'etc/short': { content: noise(3000, 7) },
    'usr/bin/tool': { content: noise(30_000, 11) },
  });
  writeDataset(directory, [sketchTree(contents(1)), sketchTree(contents(2))]);
  writeFileSync(join(directory, 'v0.tar.gz'), gzipSync(readFileSync(join(directory, 'v0.tar'))));
  for (const words of [
    `${RUN} --out measured`,
    `pack v0.tar --model 'files|fastcdc:avg=4KiB|none|objects|get' --out packed --cache cache`,
  ]) {
    const { status, complaint } = bench(words);
    assert.is(status, 0, complaint);
  }
});

/** Digests of the files at a place and below it, by path; those that vary have none. */
function contentOf(place: string, varying: RegExp | undefined): Files {
  const files = new Map<string, string>();
  const visit = (path: string): void => {
    const facts = lstatSync(path, { throwIfNoEntry: false });
    if (facts?.isDirectory()) {
      for (const name of readdirSync(path)) visit(join(path, name));
    } else if (facts) {
      const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
      files.set(path.slice(place.length), varying?.test(path) ? '' : hash);
    }
  };
  visit(place);
  return files;
}

const suffixOf = ({ words }: Verb): string => /OUT(\.[a-z]+)?/.exec(words)![1] ?? '';

/** What is at the place of a verb once it has run, beside what is left that nobody wants. */
function outcomeAt(folder: string, verb: Verb): Files {
  const left = readdirSync(folder, { recursive: true }).map(String);
  const unwanted = left.filter((name) => /\.tmp$|\.part$|\.lock$|partial\/./.test(name));
  assert.equal(unwanted, []);
  return contentOf(join(folder, `out${suffixOf(verb)}`), verb.varying);
}

function checkComplaint(complaint: string, code: string): void {
  const lines = complaint.split('\n').filter((line) => line.startsWith('StorageError'));
  assert.is(lines.length, 1, complaint);
  assert.match(lines[0]!, code, complaint);
  assert.not.match(complaint, /this is a bug|^\s+at /m);
}

/** A place that takes so little: runs the verb there and says what came of it. */
function tryAt(
  name: string,
  verb: Verb,
  folder: string,
  limit: number | 'unlimited',
  code: string,
  whole: Files,
): number | null {
  const out = join(folder, 'out');
  if (!existsSync(out)) verb.before?.(out);
  const place = `${out}${suffixOf(verb)}`;
  const before = contentOf(place, verb.varying);
  const words = verb.words.replace('OUT', out);
  const { status, complaint } = bench(words, limit);
  const after = outcomeAt(folder, verb);
  const isPrinted = verb.words.includes('>');
  if (status === 0) {
    assert.equal(after, whole, `${name} within ${limit} blocks has ended well`);
  } else if (verb.isResumed) {
    assert.is(status, 1, complaint);
    assert.match(complaint, code);
    assert.not.match(complaint, /this is a bug|^\s+at /m);
  } else {
    assert.is(status, 1, complaint);
    checkComplaint(complaint, code);
    if (!isPrinted && !name.startsWith('dataset fetch')) assert.equal(after, before, complaint);
  }
  return status;
}

/** Runs the verb where there is room for everything. */
function measure(
  name: string,
  verb: Verb,
): { folder: string; whole: Files; sizes: readonly number[] } {
  const folder = join(directory, name.replaceAll(' ', '-'));
  const first = join(folder, 'whole');
  mkdirSync(first, { recursive: true });
  verb.before?.(join(first, 'out'));
  const { status, complaint } = bench(verb.words.replace('OUT', join(first, 'out')));
  assert.is(status, 0, complaint);
  const whole = outcomeAt(first, verb);
  const place = join(first, `out${suffixOf(verb)}`);
  return {
    folder,
    whole,
    sizes: [...whole.keys()].map((path) => lstatSync(`${place}${path}`).size),
  };
}

for (const [name, verb] of Object.entries(verbs)) {
  test(`5 ${name} on a disk that is too small fails and leaves nothing half-written`, () => {
    const { folder, whole, sizes } = measure(name, verb);
    const largest = Math.max(...sizes);
    const limited = join(folder, 'limited');
    mkdirSync(limited);
    const blocks = Math.floor((largest - 1) / BLOCK);
    const ended = tryAt(name, verb, limited, blocks, 'EFBIG', whole);
    assert.is(ended, 1, `${blocks} blocks are too few for ${largest} bytes`);
    if (verb.isResumed) assert.is(tryAt(name, verb, limited, 'unlimited', '', whole), 0);

    // Metadata have no size there, but each file has whole pages; the report is replaced, so both are there for a while.
    const pages = sizes.reduce((sum, size) => sum + Math.ceil(size / PAGE), 0);
    // What is printed needs one file only, and an experiment writes as a run does.
    if (verb.words.includes('>') || name === 'run of an experiment') return;
    const full = join(folder, 'full');
    mkdirSync(full);
    const room = `size=${PAGE * Math.max(1, Math.floor((verb.before ? 1.2 : 0.7) * pages))}`;
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', room, 'tmpfs', full]).status !== 0) {
      return skip('mounting a small tmpfs needs root');
    }
    try {
      assert.is(tryAt(name, verb, full, 'unlimited', 'ENOSPC', whole), 1, room);
      if (!verb.isResumed) return;
      spawnSync('mount', ['-o', 'remount,size=100m', full]);
      assert.is(tryAt(name, verb, full, 'unlimited', '', whole), 0);
    } finally {
      spawnSync('umount', [full]);
    }
  });
}

test.run();
