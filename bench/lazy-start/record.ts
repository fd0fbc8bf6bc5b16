import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fetchImage, openDataset } from '../../src/datasets/mod.ts';
import { StorageError, UsageError } from '../../src/errors.ts';
import { closeImage, openImage } from '../../src/images/open.ts';
import { contextOf } from '../../src/library.ts';
import { makeDirectories } from '../../src/make-directories.ts';
import { writeOutput } from '../../src/output.ts';
import { writeTree } from '../../src/trees/write.ts';
import { writeWhole } from '../../src/write-whole.ts';
import { accessesOf } from './accesses.ts';
import { touchedPages } from './pages.ts';
import { PROGRAMS, type RecordedProgram } from './programs.ts';
import { type Start, startsDirectory } from './starts.ts';
import { firstString, parseCalls, type SystemCall } from './strace.ts';

/**
 * Records which bytes of an image programs want when they start: the image is written out, and each program is run in it, by
 * chroot(8) in namespaces of its own without a network, under strace(1); then once more without it, on a file system of its own, to
 * see which pages of mapped files it touches (pages.ts). As root, since chroot, mounts and owners need it.
 *
 *     node dist/bench/lazy-start/record.js [PROGRAM…]
 */

/** Calls that name files, or read them. */
const TRACED = [
  '%file',
  'read',
  'pread64',
  'readv',
  'preadv',
  'preadv2',
  'mmap',
  'lseek',
  'sendfile',
  'copy_file_range',
  'splice',
];
/** Longest text that is kept whole: the longest path of Linux (PATH_MAX), bytes. */
const TEXT_BYTES = 4096;
const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' };
/** As a container runtime mounts them; $1 is the root. The program ends by itself or is ended. */
const WITHIN =
  'root=$1; shift; mkdir -p "$root/proc" "$root/dev"; mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" && exec "$@"';

const names = process.argv.slice(2);
const unknown = names.find((name) => !PROGRAMS.some(({ program }) => program === name));
if (unknown !== undefined) {
  throw new UsageError(`unknown program '${unknown}'`, {}, 'see bench/lazy-start/programs.ts');
}
for (const program of PROGRAMS) {
  if (names.length > 0 && !names.includes(program.program)) continue;
  const start = await record(program);
  makeDirectories(startsDirectory);
  writeWhole(join(startsDirectory, `${program.program}.json`), format(start));
  const read = start.accesses.filter(({ ranges }) => ranges.length > 0);
  writeOutput(`${program.program}: ${start.accesses.length} paths, ${read.length} read\n`);
}

async function record(wanted: RecordedProgram): Promise<Start> {
  const { program, dataset: name, image: id, command, copied } = wanted;
  const dataset = await openDataset([name]);
  const descriptor = await fetchImage(dataset, id, contextOf(dataset, {}));
  const image = openImage(descriptor);
  const directory = mkdtempSync(join(tmpdir(), 'ocibench-start-'));
  try {
    const [root, file] = [join(directory, 'root'), join(directory, 'trace')];
    writeTree(image.tree, root);
    copyFiles(wanted, root);
    startIn(wanted, root, ['strace', ...traceWords(file)]);
    const calls = fromStart(parseCalls(readFileSync(file, 'latin1')), command[0]!);
    const accesses = accessesOf(calls, image.tree, root);
    rmSync(root, { recursive: true });
    const mapped = accesses.filter(({ mapped: isMapped }) => isMapped).map(({ path }) => path);
    const touched = touchedPages(
      image.tree,
      directory,
      mapped,
      (within) => copyFiles(wanted, within),
      (within) => startIn(wanted, within, []),
    );
    return {
      program,
      dataset: name,
      image: id,
      digest: descriptor.digest,
      command,
      environment: ENVIRONMENT,
      ...(copied ? { copied } : {}),
      recorded: {
        date: new Date().toISOString().slice(0, 10),
        with: `strace ${traceWords('TRACE').join(' ')} chroot ROOT COMMAND`,
        versions: { strace: straceVersion(), linux: release() },
      },
      accesses: accesses.map((access) => {
        const pages = touched.get(access.path);
        return pages ? { ...access, touched: pages } : access;
      }),
    };
  } finally {
    closeImage(image);
    rmSync(directory, { recursive: true, force: true });
  }
}

function traceWords(file: string): readonly string[] {
  const kept = ['-e', 'signal=none', '-e', `trace=${TRACED.join(',')}`];
  return ['-f', '-y', '-qq', '-s', String(TEXT_BYTES), ...kept, '-o', file];
}

function copyFiles({ copied }: RecordedProgram, root: string): void {
  for (const [from, to] of copied ?? []) {
    writeWhole(join(root, to), readFileSync(join(root, from)));
  }
}

/**
 * A server is ended after its time; strace has written what it saw by then.
 *
 * @param by words before those that start the program
 */
function startIn({ command, seconds }: RecordedProgram, root: string, by: readonly string[]): void {
  const apart = ['--mount', '--net', '--pid', '--fork', '--kill-child'];
  const words = [...by, 'chroot', root, ...command];
  const { status, signal, stderr, error } = spawnSync(
    'unshare',
    [...apart, 'sh', '-c', WITHIN, 'sh', root, ...words],
    {
      env: ENVIRONMENT,
      encoding: 'utf8',
      ...(seconds === undefined ? {} : { timeout: 1000 * seconds, killSignal: 'SIGKILL' }),
    },
  );
  const isEnded = seconds !== undefined && signal === 'SIGKILL';
  if (!isEnded && (error || status !== 0)) {
    const why = error?.message ?? `it ended with ${signal ?? status}: ${stderr.trim()}`;
    throw new StorageError(
      `${command.join(' ')} did not start: ${why}`,
      { file: command[0]! },
      'run as root, with strace and unshare on PATH',
    );
  }
}

/** Without what chroot did before the program. */
function fromStart(calls: readonly SystemCall[], path: string): readonly SystemCall[] {
  const first = calls.findIndex(
    ({ name, words, result }) => name === 'execve' && result === 0 && firstString(words) === path,
  );
  return calls.slice(first);
}

function straceVersion(): string {
  const [first = ''] = execFileSync('strace', ['--version'], { encoding: 'utf8' }).split('\n');
  return /version (\S+)/.exec(first)?.[1] ?? first;
}

/** A line an access: short, and a difference between two recordings shows what it is about. */
function format({ accesses, ...facts }: Start): string {
  const lines = accesses.map((access) => `    ${JSON.stringify(access)}`);
  const head = JSON.stringify(facts, undefined, 2).replace(/\n\}$/, '');
  return `${head},\n  "accesses": [\n${lines.join(',\n')}\n  ]\n}\n`;
}
