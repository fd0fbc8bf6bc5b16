import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { hasNativeZstd } from '../codecs/zstd-native.ts';
import { findMirror } from '../datasets/debian/mirror.ts';
import { findRegistry } from '../datasets/npm/config.ts';
import { BenchError } from '../errors.ts';
import { formatBytes, formatNumber, plural } from '../format.ts';
import { Cache } from '../images/cache.ts';
import { cacheSize } from '../images/upkeep.ts';
import { describeEnvironment } from '../results/environment.ts';
import { findProgram } from '../workers/child.ts';
import { columns, type Details, EXIT, noPositionals, type Words } from './command.ts';
import { datasetOptions } from './context.ts';

/** A thing that runs depend on. */
interface Finding {
  readonly name: string;
  readonly state: string;
  /** What to do, or what is lost; absent where all is well. */
  readonly advice?: string;
  /** True where nothing can be measured without it. */
  readonly isNeeded?: true;
}

/** Programs of others, with the Debian package that has each, and what is left out without it. */
const PROGRAMS: readonly (readonly [name: string, debianPackage: string, adds: string])[] = [
  ['deno', 'deno, of npm', 'reproducibility across runtimes'],
  ['tar2sqfs', 'squashfs-tools-ng', 'model squashfs'],
  ['mkfs.erofs', 'erofs-utils', 'model erofs'],
  ['tar-split', 'tar-split', 'model tar-split'],
  ['xdelta3', 'xdelta3', 'model xdelta3'],
  ['bsdiff', 'bsdiff', 'models bsdiff and tar-diff'],
  ['zstd', 'zstd', 'models zstd-patch and recut; experiment producers'],
  ['docker-registry', 'docker-registry', 'experiment time-model'],
  ['nginx', 'nginx-light', 'experiment time-model'],
  ['bsdtar', 'libarchive-tools', 'experiment producers'],
  ['umoci', 'umoci', 'experiment producers'],
  ['pigz', 'pigz', 'experiment producers'],
  ['strace', 'strace', 'recording of starts'],
];

/** Where servers lie outside of a user's PATH. */
const SERVERS = ['/usr/sbin', '/usr/local/sbin'];

export const doctorCommand: Details = {
  usage: '',
  options: datasetOptions.filter(({ name }) => name === 'cache' || name === 'mirror'),
  examples: [],
  async run(words, io) {
    noPositionals(words);
    const findings = [...machine(), ...places(words), ...sources(words), ...PROGRAMS.map(program)];
    io.out(
      `${columns(findings.map(({ name, state, advice = '' }) => [name, state, advice])).join('\n')}\n`,
    );
    return findings.some(({ isNeeded }) => isNeeded) ? EXIT['different']! : EXIT['fine']!;
  },
};

function machine(): readonly Finding[] {
  const { ocibench, runtime, processor, cores, memory, load } = describeEnvironment();
  const isBusy = load > cores / 2;
  return [
    { name: 'ocibench', state: ocibench },
    {
      name: 'runtime',
      state: runtime,
      ...(hasNativeZstd()
        ? {}
        : { advice: 'zstd by WebAssembly; Node 22.15 or newer has its own, 2.6 times as fast' }),
    },
    { name: 'processor', state: `${processor}, ${plural(cores, 'core')}` },
    {
      name: 'load',
      state: formatNumber(load, 2),
      ...(isBusy ? { advice: 'timed figures of a busy machine are kept, and not compared' } : {}),
    },
    { name: 'memory', state: `${formatBytes(memory)}, ${formatBytes(freemem())} free` },
  ];
}

function places(words: Words): readonly Finding[] {
  const cache = new Cache(words.text('cache'));
  const { root } = cache;
  const bytes = Object.values(cacheSize(cache)).reduce((sum, one) => sum + one.bytes, 0);
  return [place('cache', root, `${formatBytes(bytes)}, `), place('scratch', tmpdir(), '')];
}

/** A directory that is written to, or will be made. */
function place(name: string, path: string, used: string): Finding {
  let parent = path;
  while (!existsSync(parent)) parent = dirname(parent);
  const { bavail, bsize, type } = statfsSync(parent);
  const state = `${path}: ${used}${formatBytes(bavail * bsize)} free`;
  try {
    accessSync(parent, constants.W_OK);
  } catch {
    return { name, state, advice: 'it cannot be written', isNeeded: true };
  }
  const isInMemory = name === 'scratch' && type === TMPFS;
  return {
    name,
    state,
    ...(isInMemory ? { advice: 'in memory: set TMPDIR where images are large' } : {}),
  };
}

/** TMPFS_MAGIC of statfs(2). */
const TMPFS = 0x01021994;

function sources(words: Words): readonly Finding[] {
  return [
    found(
      'Debian mirror',
      () => findMirror(words.text('mirror')).main,
      'the default dataset; try bench run --dataset alpine',
    ),
    found('npm registry', () => findRegistry('typescript').url, 'datasets app-…'),
  ];
}

function found(name: string, find: () => string, needs: string): Finding {
  try {
    return { name, state: withoutPassword(find()) };
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    return { name, state: 'none', advice: `${error.remedy}; needed by ${needs}` };
  }
}

/** What is printed here is pasted into reports of faults. */
function withoutPassword(url: string): string {
  return url.replace(/^(\w+:\/\/)[^/@]*@/, '$1');
}

function program([name, debianPackage, adds]: (typeof PROGRAMS)[number]): Finding {
  const path = findProgram(name, SERVERS);
  return path === undefined
    ? { name, state: 'not installed', advice: `${adds}: install ${debianPackage}` }
    : { name, state: path };
}
