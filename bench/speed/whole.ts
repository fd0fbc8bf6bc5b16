import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { PluginError, UsageError } from '../../src/errors.ts';
import { makeDirectories } from '../../src/make-directories.ts';
import { writeErrors, writeOutput } from '../../src/output.ts';
import { projectDirectory } from '../../src/project.ts';
import { defined, divide, intervalName, intervalOf, median } from '../../src/stats/mod.ts';
import { findProgram } from '../../src/workers/child.ts';
import { fixed } from '../verdict.ts';

/**
 * `bench pack TAR --model M` from nothing beside the program that M is a model of, whole processes in turns, each from its start to
 * its end: the program reads the directory, ours a tar of it. Programs that are not installed are left out. TMPDIR says where all
 * of it goes: best in memory.
 *
 *     node dist/bench/speed/whole.js DIRECTORY [ROUNDS [MODEL…]]
 */

const USAGE = 'node dist/bench/speed/whole.js DIRECTORY [ROUNDS [MODEL…]]';
const METADATA = ['32bit-uids', 'nsec-time', 'permissions', 'symlinks', 'device-nodes', 'fifos'];
const FEATURES = [...METADATA, 'xattrs', 'fcaps'].map((feature) => `--with=${feature}`);

interface Peer {
  readonly model: string;
  /** Not timed. */
  prepare?(store: string): readonly string[];
  /** @param store that does not exist, or was prepared */
  command(source: string, store: string): readonly string[];
}

const PEERS: readonly Peer[] = [
  {
    model: 'casync',
    command: (source, store) => [
      ...['casync', 'make', '--digest=sha256', '--compression=zstd', '--exclude-nodump=no'],
      ...['--exclude-file=no', ...FEATURES, `--store=${store}`, `${store}.caidx`, source],
    ],
  },
  {
    model: 'restic',
    prepare: (store) => ['restic', 'init', '-q', '--no-cache', '-r', store],
    command: (source, store) => ['restic', '--no-cache', '-q', '-r', store, 'backup', source],
  },
  {
    model: 'borg',
    prepare: (store) => ['borg', 'init', '-e', 'none', store],
    command: (source, store) => ['borg', 'create', '-C', 'zstd,3', `${store}::a`, source],
  },
  {
    model: 'ostree',
    prepare: (store) => ['ostree', 'init', `--repo=${store}`, '--mode=archive'],
    command: (source, store) => [
      ...[
        'ostree',
        'commit',
        `--repo=${store}`,
        '--fsync=false',
        '-b',
        'a',
        `--tree=dir=${source}`,
      ],
    ],
  },
];

/** Of one process. */
interface Cost {
  /** Seconds on the clock, and of processors. */
  readonly wall: number;
  readonly processor: number;
  /** MiB at most. */
  readonly memory: number;
}

interface Round {
  readonly tool: Cost;
  readonly ours: Cost;
}

const [directory, rounds = '3', ...models] = process.argv.slice(2);
if (directory === undefined || !existsSync(directory)) {
  throw new UsageError('no directory to pack', {}, USAGE);
}
const TIME = findProgram('time');
if (TIME === undefined) throw new UsageError('GNU time is missing', {}, 'install the package time');
const work = mkdtempSync(join(tmpdir(), 'ocibench-whole-'));
try {
  compare(resolve(directory), Number(rounds));
} finally {
  rmSync(work, { recursive: true, force: true });
}

function compare(source: string, count: number): void {
  const tar = join(work, 'tree.tar');
  const flags = ['--format=pax', '--xattrs', '--xattrs-include=*'];
  execFileSync('tar', [...flags, '-cf', tar, '-C', source, '.']);
  const peers = PEERS.filter(({ model }) => models.length === 0 || models.includes(model)).filter(
    ({ model }) => findProgram(model) !== undefined,
  );
  const done = new Map<Peer, Round[]>(peers.map((peer) => [peer, []]));
  for (let number = 0; number < count; number++) {
    for (const [peer, own] of done) {
      own.push(number % 2 === 0 ? toolFirst(peer, source, tar) : oursFirst(peer, source, tar));
      writeErrors(`round ${number + 1}: ${peer.model}, load ${fixed(loadavg()[0], 1)}\n`);
    }
  }
  writeOutput(
    [
      `Node ${process.versions.node}, medians of ${count} rounds in turns, ${intervalName(count)} in parentheses:`,
      '',
      '| | program, s | ours, s | program, processor s | ours, processor s | ours, MiB | program ÷ ours |',
      '|---|--:|--:|--:|--:|--:|--:|',
      ...[...done].map(([{ model }, own]) => row(model, own)),
      '',
    ].join('\n'),
  );
}

function toolFirst(peer: Peer, source: string, tar: string): Round {
  const tool = costOfTool(peer, source);
  return { tool, ours: costOfOurs(peer.model, tar) };
}

function oursFirst(peer: Peer, source: string, tar: string): Round {
  const ours = costOfOurs(peer.model, tar);
  return { tool: costOfTool(peer, source), ours };
}

function row(model: string, rounds: readonly Round[]): string {
  const spread = (of: (round: Round) => number | undefined, digits: number): string => {
    const values = defined(rounds.map(of));
    const ends = intervalOf(values);
    return `${fixed(median(values), digits)} (${fixed(ends?.low, digits)} to ${fixed(ends?.high, digits)})`;
  };
  const cells = [
    spread(({ tool }) => tool.wall, 2),
    spread(({ ours }) => ours.wall, 2),
    spread(({ tool }) => tool.processor, 2),
    spread(({ ours }) => ours.processor, 2),
    fixed(median(rounds.map(({ ours }) => ours.memory)), 0),
    spread(({ tool, ours }) => divide(tool.wall, ours.wall), 2),
  ];
  return `| ${model} | ${cells.join(' | ')} |`;
}

function costOfTool(peer: Peer, source: string): Cost {
  const store = fresh('theirs');
  const before = peer.prepare?.(store);
  if (before) run(before);
  return timed(peer.command(source, store));
}

function costOfOurs(model: string, tar: string): Cost {
  const cache = ['--cache', fresh('cache')];
  const words = ['pack', tar, '--model', model, '--out', fresh('ours'), ...cache];
  return timed([process.execPath, join(projectDirectory, 'bin', 'bench.js'), ...words]);
}

/** A path where nothing is. */
function fresh(name: string): string {
  const path = join(work, name);
  for (const place of [path, `${path}.caidx`]) rmSync(place, { recursive: true, force: true });
  return path;
}

function timed(command: readonly string[]): Cost {
  const out = join(work, 'time.txt');
  run([TIME!, '-q', '-f', '%e %U %S %M', '-o', out, ...command]);
  const [wall = 0, user = 0, system = 0, memory = 0] = readFileSync(out, 'utf8')
    .trim()
    .split(' ')
    .map(Number);
  return { wall, processor: user + system, memory: memory / 1024 };
}

function run([program = '', ...words]: readonly string[]): void {
  const home = join(work, 'home');
  makeDirectories(home);
  const own = { HOME: home, TMPDIR: work, RESTIC_PASSWORD: 'x', BORG_BASE_DIR: home };
  const { status, stderr } = spawnSync(program, words, {
    env: { ...process.env, ...own, BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes' },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status === 0) return;
  throw new PluginError(`${program} ${words.join(' ')} failed: ${stderr}`, {}, 'see what it says');
}
