import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Who writes, and whether it still runs. A process id alone is given again to somebody else, and means nothing on another
 * machine or in another container. Without `/proc` (macOS, BSD) there is the id and the name of the host, no more: an id that
 * was given again then counts as running.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host?: string | undefined;
  /** Clock ticks from the boot to its start: field 22 of /proc/PID/stat. */
  readonly start?: string | undefined;
  /** Changes with each boot. */
  readonly boot?: string | undefined;
  /** Of process ids: containers of one host have their own. */
  readonly namespace?: string | undefined;
  /** Hash of /etc/machine-id, which is not to be published (machine-id(5)): hosts may share a name. */
  readonly machine?: string | undefined;
}

/** `elsewhere`: on another host or in another container, where nobody here can see it. */
export type ProcessState = 'running' | 'ended' | 'elsewhere';

/** True while a process of this machine has this id, somebody else's too. */
export function isRunning(pid: number): boolean {
  // 0 and negative numbers name groups.
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: unknown }).code === 'EPERM';
  }
  // What has ended keeps its id until its parent asks for it; in containers the parent of orphans may never do so.
  return !/^[ZX]/.test(statusOf(pid)?.[0] ?? '');
}

/** Children of these processes and theirs, by what /proc says now; none where there is no /proc. */
export function descendantsOf(pids: Iterable<number>): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of processNames()) {
    const parent = statusOf(Number(name))?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const found: number[] = [];
  for (let level = [...pids]; level.length > 0; ) {
    const above = new Set(level);
    level = [...parents].filter(([, parent]) => above.has(parent)).map(([child]) => child);
    found.push(...level);
  }
  return found;
}

function processNames(): readonly string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/**
 * Of every thread, in MiB: V8 lets young objects take three times its semi-space of 16 MiB, or 32 in later versions, before
 * it collects them; with several threads that is more than an image takes.
 */
export const THREAD_LIMITS = { maxYoungGenerationSizeMb: 12 };

/** Of a thread that reads the records of runs: they stay, and each early collection copies those that were just read. */
export const READER_LIMITS = { maxYoungGenerationSizeMb: 192 };

/** A write beyond the limit of file sizes (`ulimit -f`) is to fail with EFBIG; where nobody listens, Deno is ended by the signal. */
export function surviveSizeLimit(): void {
  process.on('SIGXFSZ', () => {});
}

/** The process that has this id now, or has just ended. */
export function identify(pid: number = process.pid): ProcessIdentity {
  return { pid, start: pid === process.pid ? ownStart : startOf(pid), ...here };
}

/** @param writtenAt of a file that names no start: milliseconds since the epoch. A process that began later is another one. */
export function stateOf(identity: ProcessIdentity, writtenAt?: number): ProcessState {
  const { pid, host, start, boot, namespace, machine } = identity;
  const isRebooted = differ(boot, here.boot);
  if (differ(host, here.host)) return 'elsewhere';
  if (isRebooted) return differ(machine, here.machine) ? 'elsewhere' : 'ended';
  if (differ(namespace, here.namespace)) return 'elsewhere';
  if (!isRunning(pid)) return 'ended';
  const isOther =
    start === undefined
      ? writtenAt !== undefined && beganAfter(pid, writtenAt)
      : differ(start, startOf(pid));
  return isOther ? 'ended' : 'running';
}

/** A process as part of a file name: id, when it began, where it runs. */
export function tagOf({ pid, start, boot, host, namespace, machine }: ProcessIdentity): string {
  return [pid, short([start, boot]), short([host, namespace, machine])].join('-');
}

/** Finds a tag in a name. */
export const TAG = '(\\d+)-([0-9a-f]{8})-([0-9a-f]{8})';
const WHOLE_TAG = new RegExp(`^${TAG}$`);

/** undefined where this is no tag. A process of before the last boot has ended. */
export function stateOfTag(tag: string): ProcessState | undefined {
  const [, pid, began, place] = WHOLE_TAG.exec(tag) ?? [];
  if (pid === undefined) return undefined;
  const [, , ownBegan, ownPlace] = WHOLE_TAG.exec(tagOf(identify(Number(pid))))!;
  if (place !== ownPlace) return 'elsewhere';
  if (!isRunning(Number(pid))) return 'ended';
  // Nobody but root may see when a process of somebody else began where /proc is mounted with hidepid.
  const isKnown = startOf(Number(pid)) !== undefined;
  return isKnown && began !== ownBegan ? 'ended' : 'running';
}

const here: Omit<ProcessIdentity, 'pid' | 'start'> = {
  host: hostname(),
  boot: textOf('/proc/sys/kernel/random/boot_id'),
  namespace: linkOf('/proc/self/ns/pid'),
  machine: machineKey(),
};

/** Read once: what is written by one process must bear one name, also when no file can be opened any more. */
const ownStart = startOf(process.pid);

/** Fields of /proc/PID/stat from the third, the state. The name before it is in parentheses, and may have some itself. */
function statusOf(pid: number): readonly string[] | undefined {
  const status = textOf(`/proc/${pid}/stat`);
  return status?.slice(status.lastIndexOf(')') + 2).split(' ');
}

function startOf(pid: number): string | undefined {
  return statusOf(pid)?.[22 - 3];
}

/** Milliseconds by which clocks of file systems and of processes may differ. */
const CLOCK_ERROR = 2000;
/** Milliseconds of a tick: USER_HZ is 100 wherever these runtimes run on Linux. */
const TICK = 10;

function beganAfter(pid: number, time: number): boolean {
  const bootSeconds = /^btime (\d+)$/m.exec(textOf('/proc/stat') ?? '')?.[1];
  const start = startOf(pid);
  if (bootSeconds === undefined || start === undefined) return false;
  return 1000 * Number(bootSeconds) + TICK * Number(start) > time + CLOCK_ERROR;
}

function machineKey(): string | undefined {
  const id = textOf('/etc/machine-id');
  return id ? short(['ocibench', id]) : undefined;
}

/** What is not known on one side tells nothing. */
function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

function short(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return undefined;
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** Processor time of this process and all its threads so far: milliseconds. What others do on the machine is not in it. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
