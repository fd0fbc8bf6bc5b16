import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { PluginError, SkippedError, writeError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { tellGroup } from '../../scratch.ts';

/** A program that somebody else wrote and the system's package manager installs. */
export interface Tool {
  readonly name: string;
  /** Debian's package. */
  readonly package: string;
  /** Command that prints the version; fails with ENOENT where the program is missing. */
  readonly probe: readonly string[];
  /** Finds the version in what the probe prints; absent where the program does not state it. */
  readonly version?: RegExp;
  /** Oldest version that has what is used here. */
  readonly minimum?: string;
}

export const gnuTar: Tool = {
  name: 'tar',
  package: 'tar',
  probe: ['tar', '--version'],
  version: /GNU tar\) (\S+)/,
};

const NOT_STATED = 'not stated';
const versions = new Map<string, string | undefined>();

/** undefined where the program is not installed. */
export function versionOf(tool: Tool): string | undefined {
  if (!versions.has(tool.name)) versions.set(tool.name, probe(tool));
  return versions.get(tool.name);
}

function probe({ probe: [program, ...words], version }: Tool): string | undefined {
  const result = spawnSync(program!, words, { encoding: 'latin1' });
  if (result.error !== undefined) return undefined;
  return version?.exec(`${result.stdout}${result.stderr}`)?.[1] ?? NOT_STATED;
}

/** Versions of those that are installed, for the description of a run. */
export function describeTools(tools: readonly Tool[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    tools.flatMap((tool) => {
      const version = versionOf(tool);
      return version === undefined ? [] : [[tool.name, version]];
    }),
  );
}

/** Throws a SkippedError that says what to install. */
export function requireTools(tools: readonly Tool[]): void {
  for (const tool of tools) {
    const version = versionOf(tool);
    const remedy = `apt-get install ${tool.package}`;
    if (version === undefined) throw new SkippedError(`${tool.name} is not installed`, {}, remedy);
    if (tool.minimum !== undefined && isOlder(version, tool.minimum)) {
      throw new SkippedError(
        `${tool.name} ${version} is older than ${tool.minimum}`,
        {},
        `${remedy}, from a newer release`,
      );
    }
  }
}

function isOlder(version: string, minimum: string): boolean {
  const [own, wanted] = [version, minimum].map((text) => text.split('.').map(Number));
  for (const [index, part] of wanted!.entries()) {
    const ours = own![index] ?? 0;
    if (ours !== part) return ours < part;
  }
  return false;
}

/** strerror(3) in the C locale. */
const REFUSALS: Readonly<Record<string, string>> = {
  'No space left on device': 'ENOSPC',
  'Disk quota exceeded': 'EDQUOT',
  'File too large': 'EFBIG',
  'Read-only file system': 'EROFS',
  'Input/output error': 'EIO',
};

export interface Surroundings {
  /** Files of the working directory that standard input is read from and standard output written to. */
  readonly input?: string;
  readonly output?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** All that a program sees: variables such as SOURCE_DATE_EPOCH or ZSTD_CLEVEL would change what it writes. */
const ENVIRONMENT = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' };

/** Exit codes of a shell whose program used up its processor time: SIGXCPU, SIGKILL. */
const USED_UP = [128 + 24, 128 + 9];
/** The shell's own, beside those of programs: its file of times could not be written. */
const UNWRITTEN = 125;
/** A file grew to the limit of file sizes: SIGXFSZ. */
const TOO_LARGE = 128 + 25;
const TIMES = '.times';

/**
 * Runs a program in a directory of `inScratch` and returns the processor time it took, user and system, in milliseconds: unlike the time
 * on the clock it does not depend on what else the machine does. Throws a PluginError with the end of its complaint where
 * it fails, a StorageError where it could not write, a SkippedError where it takes longer than `limits.toolSeconds`.
 */
export async function runTool(
  directory: string,
  command: readonly string[],
  { input = '/dev/null', output = '/dev/null', environment = {} }: Surroundings = {},
): Promise<number> {
  const script = [
    `ulimit -t ${limits.toolSeconds}`,
    // The shell opens files, since not every runtime hands descriptors to a child.
    `"$@" <'${input}' >'${output}'`,
    'status=$?',
    // Without the times there is no result, but what the program said comes first.
    `{ times; } >${TIMES} || exit $((status ? status : ${UNWRITTEN}))`,
    'exit $status',
  ].join('\n');
  const child = spawn('sh', ['-c', script, 'sh', ...command], {
    cwd: directory,
    env: { ...ENVIRONMENT, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own, so that shell and program end together where this thread is ended.
    detached: true,
  });
  if (child.pid !== undefined) tellGroup(directory, child.pid);
  let complaint = '';
  child.stderr.setEncoding('latin1');
  child.stderr.on('data', (text: string) => {
    complaint = `${complaint}${text}`.slice(-2000);
  });
  const status = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal!]));
  });
  if (status === 0) return childMs(readFileSync(join(directory, TIMES), 'utf8'));
  if (USED_UP.includes(status)) {
    throw new SkippedError(
      `${command[0]} did not end within ${limits.toolSeconds} s of processor time`,
    );
  }
  const code = status === TOO_LARGE ? 'EFBIG' : refusalOf(complaint);
  if (code !== undefined) {
    throw writeError({ code, complaint }, `what ${command[0]} makes in ${directory}`);
  }
  if (status === UNWRITTEN) throw writeError({ code: 'EIO' }, join(directory, TIMES));
  const lines = complaint.trim().split('\n').slice(-3).join('; ');
  throw new PluginError(
    `${command[0]} failed (${status}): ${lines}`,
    {},
    'run it by hand on this image',
  );
}

/** What the system said to a program that could not write: the code, where its complaint tells. */
function refusalOf(complaint: string): string | undefined {
  return Object.entries(REFUSALS).find(([words]) => complaint.includes(words))?.[1];
}

/** The second line that `times` prints is about children: `0m1.20s 0m0.30s`, user and system. */
function childMs(text: string): number {
  const [user, system] = (text.split('\n')[1] ?? '').split(' ').map((word) => {
    const [minutes, seconds] = word.split('m');
    return 60_000 * Number(minutes) + 1000 * Number.parseFloat(seconds ?? '');
  });
  return user! + system!;
}
